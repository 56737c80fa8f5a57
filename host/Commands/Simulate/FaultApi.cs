using System.CommandLine;
using System.Text.Json.Nodes;

namespace Orchestrator.Host.Commands.Simulate;

/// <summary><c>orc simulate fault api VERB PLURAL [--status 429] [--retry-after 2] [--count N | --probability P]</c></summary>
internal sealed class FaultApi : SimulatorCommand
{
    private readonly Argument<string> verb = new("verb") { Description = "Kubernetes verb (get, list, watch, create, update, patch, delete) or *" };
    private readonly Argument<string> plural = new("plural") { Description = "the kind's plural, e.g. virtualservices, or *" };
    private readonly Option<int> status = new("--status") { Description = "429 or 500", DefaultValueFactory = _ => 500 };
    private readonly Option<int?> retryAfter = new("--retry-after") { Description = "seconds in the Retry-After of a 429" };
    private readonly Option<int?> count = new("--count") { Description = "how many requests fail; default all" };
    private readonly Option<double?> probability = new("--probability") { Description = "share of requests that fail, 0 to 1" };
    private readonly Option<bool> clear = Clear("take the fault away");

    public FaultApi()
        : base("api", "Let the API server refuse a verb on a kind")
    {
        Add(verb);
        Add(plural);
        Add(status);
        Add(retryAfter);
        Add(count);
        Add(probability);
        Add(clear);
    }

    protected override (HttpMethod, string, JsonObject?) Request(ParseResult parsed)
    {
        var path = Path("faults", "api", parsed.GetRequiredValue(verb), parsed.GetRequiredValue(plural));
        return parsed.GetValue(clear)
            ? (HttpMethod.Delete, path, null)
            : (HttpMethod.Put, path, Members(
                ("status", parsed.GetValue(status)),
                ("retryAfterSeconds", parsed.GetValue(retryAfter)),
                ("count", parsed.GetValue(count)),
                ("probability", parsed.GetValue(probability))));
    }
}
