using System.CommandLine;
using System.Text.Json.Nodes;

namespace Orchestrator.Host.Commands.Simulate;

/// <summary><c>orc simulate requests NAMESPACE SERVICE</c></summary>
internal sealed class ShowRequests : SimulatorCommand
{
    private readonly Argument<string> @namespace = new("namespace") { Description = "the tenant's namespace" };
    private readonly Argument<string> service = new("service") { Description = "the service's name" };

    public ShowRequests()
        : base("requests", "Count a service's requests by version, code and response flag, as the gateways saw them")
    {
        Add(@namespace);
        Add(service);
    }

    protected override (HttpMethod, string, JsonObject?) Request(ParseResult parsed)
    {
        return (HttpMethod.Get, $"{Path("requests")}?ns={Value(@namespace)}&service={Value(service)}", null);

        string Value(Argument<string> argument) => Uri.EscapeDataString(parsed.GetRequiredValue(argument));
    }
}
