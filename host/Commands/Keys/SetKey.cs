using Orchestrator.Host.Hosting.Keys;
using Orchestrator.Host.Input;

namespace Orchestrator.Host.Commands.Keys;

/// <summary><c>orc keys set NAME [--scope SCOPE]</c></summary>
internal sealed class SetKey : KeyCommand
{
    private readonly KeyParameters which = new();

    public SetKey()
        : base("set", "Make a key and show it, this once") => which.AddTo(this);

    protected override void Run(KeyCall call)
    {
        var (scope, name) = which.Read(call);
        if (scope.Kind is KeyKind.Master)
        {
            throw new InputException($"there is one master key, in {MasterKey.PathIn(call.Data)}; 'orc keys rotate master' renews it.");
        }

        var value = MasterKey.NewValue();
        KeyRingFile.Change(call.Data, ring => ring.Has(scope, name)
            ? throw new InputException($"there is a {scope} key '{name}' already: renew it with 'orc keys rotate', or choose another name.")
            : (ring.Pruned(KeyCall.Now).With(scope, name, value, KeyCall.Now), value));
        call.ShowOnce(scope, name, value);
    }
}
