using Orchestrator.Host.Hosting.Keys;
using Orchestrator.Host.Input;

namespace Orchestrator.Host.Commands.Keys;

/// <summary><c>orc keys remove NAME [--scope SCOPE]</c></summary>
internal sealed class RemoveKey : KeyCommand
{
    private readonly KeyParameters which = new();

    public RemoveKey()
        : base("remove", "Take a key away; it opens nothing from now on") => which.AddTo(this);

    protected override void Run(KeyCall call)
    {
        var (scope, name) = which.Read(call);
        if (scope.Kind is KeyKind.Master)
        {
            throw new InputException("the master key cannot be taken away: renew it with 'orc keys rotate master'.");
        }

        KeyRingFile.Change(call.Data, ring => ring.Closed(scope, name, until: null) is var left && left.Keys.Count < ring.Keys.Count
            ? (left, name)
            : throw new InputException($"there is no {scope} key '{name}'; 'orc keys list' shows which there are."));
        call.Say($"The {scope} key '{name}' opens nothing any more.");
    }
}
