using System.CommandLine;
using System.Text.Json.Nodes;

namespace Orchestrator.Host.Commands.Simulate;

/// <summary><c>orc simulate fault version NAMESPACE APP VERSION [--error-rate 0.2] [--latency 300ms]</c></summary>
internal sealed class FaultVersion : SimulatorCommand
{
    private readonly Argument<string> @namespace = new("namespace") { Description = "the tenant's namespace" };
    private readonly Argument<string> app = new("app") { Description = "the pods' label app" };
    private readonly Argument<string> version = new("version") { Description = "the pods' label version" };
    private readonly Option<double?> errorRate = new("--error-rate") { Description = "share of requests answered 500, 0 to 1" };
    private readonly Option<TimeSpan?> latency = Parameters.Duration("--latency", "added to every answer, e.g. 300ms");
    private readonly Option<bool> clear = Clear("take the fault away");

    public FaultVersion()
        : base("version", "Let a version fail or answer late")
    {
        Add(@namespace);
        Add(app);
        Add(version);
        Add(errorRate);
        Add(latency);
        Add(clear);
    }

    protected override (HttpMethod, string, JsonObject?) Request(ParseResult parsed)
    {
        var path = Path("faults", "versions", parsed.GetRequiredValue(@namespace), parsed.GetRequiredValue(app), parsed.GetRequiredValue(version));
        return parsed.GetValue(clear)
            ? (HttpMethod.Delete, path, null)
            : (HttpMethod.Put, path, Members(("errorRate", parsed.GetValue(errorRate)), ("latencyMs", Milliseconds(parsed.GetValue(latency)))));
    }
}
