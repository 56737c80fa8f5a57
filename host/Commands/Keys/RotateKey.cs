using System.CommandLine;
using Orchestrator.Host.Hosting.Keys;
using Orchestrator.Host.Input;

namespace Orchestrator.Host.Commands.Keys;

/// <summary><c>orc keys rotate NAME [--scope SCOPE] [--keep 10m]</c></summary>
internal sealed class RotateKey : KeyCommand
{
    private readonly KeyParameters which = new();
    private readonly Option<TimeSpan?> keep = Parameters.Duration(
        "--keep", "how long the old value still opens, e.g. 10m; default: it closes at once");

    public RotateKey()
        : base("rotate", "Give a key a new value and show it, this once; 'master' renews the file 'key'")
    {
        which.AddTo(this);
        Add(keep);
    }

    protected override void Run(KeyCall call)
    {
        var (scope, name) = which.Read(call);
        var now = KeyCall.Now;
        DateTime? until = call.Parsed.GetValue(keep) is { } grace ? now + grace : null;
        if (scope.Kind is KeyKind.Master)
        {
            RenewMaster(call, now, until);
            return;
        }

        var value = MasterKey.NewValue();
        KeyRingFile.Change(call.Data, ring => ring.Has(scope, name)
            ? (ring.Pruned(now).Closed(scope, name, until).With(scope, name, value, now), value)
            : throw new InputException($"there is no {scope} key '{name}': 'orc keys set' makes it, 'orc keys list' shows which there are."));
        call.ShowOnce(scope, name, value);
    }

    private static void RenewMaster(KeyCall call, DateTime now, DateTime? until)
    {
        var old = MasterKey.Find(call.Data)
            ?? throw new InputException(
                $"there is no master key in {MasterKey.PathIn(call.Data)}: 'orc serve' makes it, or name its folder with --data.");
        KeyRingFile.Change(call.Data, ring =>
        {
            var closed = ring.Pruned(now).Closed(KeyScope.Master, KeyRing.Master, until);
            var kept = closed.With(KeyScope.Master, KeyRing.Master, old, now).Closed(KeyScope.Master, KeyRing.Master, until);
            return (until is null ? closed : kept, old);
        });
        MasterKey.Renew(call.Data);
        call.Say($"The master key in {MasterKey.PathIn(call.Data)} is new.");
    }
}
