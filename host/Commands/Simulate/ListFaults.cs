using System.CommandLine;
using System.Text.Json.Nodes;

namespace Orchestrator.Host.Commands.Simulate;

/// <summary><c>orc simulate faults [--clear]</c></summary>
internal sealed class ListFaults : SimulatorCommand
{
    private readonly Option<bool> clear = Clear("take all faults away");

    public ListFaults()
        : base("faults", "List the faults that are set") => Add(clear);

    protected override (HttpMethod, string, JsonObject?) Request(ParseResult parsed) =>
        (parsed.GetValue(clear) ? HttpMethod.Delete : HttpMethod.Get, Path("faults"), null);
}
