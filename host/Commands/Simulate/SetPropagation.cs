using System.CommandLine;
using System.Text.Json.Nodes;

namespace Orchestrator.Host.Commands.Simulate;

/// <summary><c>orc simulate propagation [--delay 200ms --spread 100ms]</c></summary>
internal sealed class SetPropagation : SimulatorCommand
{
    private readonly Option<TimeSpan?> delay = Parameters.Duration("--delay", "from a write to its effect in the gateways, e.g. 200ms");
    private readonly Option<TimeSpan?> spread = Parameters.Duration("--spread", "how much later the slowest gateway replica may be, e.g. 100ms");

    public SetPropagation()
        : base("propagation", "Show or set how long a route change takes to reach the gateways")
    {
        Add(delay);
        Add(spread);
    }

    protected override (HttpMethod, string, JsonObject?) Request(ParseResult parsed)
    {
        var change = Members(("delayMs", Milliseconds(parsed.GetValue(delay))), ("spreadMs", Milliseconds(parsed.GetValue(spread))));
        return change.Count > 0 ? (HttpMethod.Put, Path("propagation"), change) : (HttpMethod.Get, Path("propagation"), null);
    }
}
