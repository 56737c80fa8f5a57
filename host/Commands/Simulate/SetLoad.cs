using System.CommandLine;
using System.Text.Json.Nodes;

namespace Orchestrator.Host.Commands.Simulate;

/// <summary><c>orc simulate load NAMESPACE SERVICE [--rate 50 --path /foo/echo]</c></summary>
internal sealed class SetLoad : SimulatorCommand
{
    private readonly Argument<string> @namespace = new("namespace") { Description = "the tenant's namespace" };
    private readonly Argument<string> service = new("service") { Description = "the service's name" };
    private readonly Option<double?> rate = new("--rate") { Description = "requests per second through the tenant's ingress gateway" };
    private readonly Option<string?> path = new("--path") { Description = "the path that is asked for, e.g. /foo/echo" };
    private readonly Option<bool> clear = Clear("switch the load off");

    public SetLoad()
        : base("load", "Show, switch on or switch off constant load on a service")
    {
        Add(@namespace);
        Add(service);
        Add(rate);
        Add(path);
        Add(clear);
    }

    protected override (HttpMethod, string, JsonObject?) Request(ParseResult parsed)
    {
        var target = Path("load", parsed.GetRequiredValue(@namespace), parsed.GetRequiredValue(service));
        if (parsed.GetValue(clear))
        {
            return (HttpMethod.Delete, target, null);
        }

        var load = Members(("requestsPerSecond", parsed.GetValue(rate)), ("path", parsed.GetValue(path)));
        return load.Count > 0 ? (HttpMethod.Put, target, load) : (HttpMethod.Get, target, null);
    }
}
