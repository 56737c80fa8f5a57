using System.CommandLine;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Orchestrator.Host.Commands.Simulate;

/// <summary><c>orc simulate fault api VERB PLURAL [--effect loseAnswer] [--status 429] [--retry-after 2] [--delay 2s] [--count N] [--probability
/// P]</c></summary>
internal sealed class FaultApi : SimulatorCommand
{
    private readonly Argument<string> verb = new("verb") { Description = "Kubernetes verb (get, list, watch, create, update, patch, delete) or *" };
    private readonly Argument<string> plural = new("plural") { Description = "the kind's plural, e.g. virtualservices, or *" };
    private readonly Option<int> status = new("--status") { Description = "of a refusal: 409, 429, 500, 503 or 504", DefaultValueFactory = _ => 500 };
    private readonly Option<int?> retryAfter = new("--retry-after") { Description = "seconds in the Retry-After of a 429" };
    private readonly Option<string?> effect = new Option<string?>("--effect") { Description = "what happens; default refuse" }
        .AcceptOnlyFromAmong("refuse", "delay", "loseAnswer", "stale", "foreignWrite", "conflict", "dropWatch", "silenceWatch");

    private readonly Option<TimeSpan?> delay =
        Parameters.Duration("--delay", "how long a delay lasts, or until an answer is lost or a watch fails, e.g. 2s");
    private readonly Option<int?> behind = new("--behind") { Description = "how many changes of the cluster a stale read lags behind; default 1" };
    private readonly Option<string?> manager = new("--manager") { Description = "the field manager of a foreign write or a conflict" };
    private readonly Option<string?> @namespace = new("--namespace") { Description = "meet requests in this namespace alone" };
    private readonly Option<string?> name = new("--name") { Description = "meet requests for the object of this name alone" };
    private readonly Option<int?> skip = new("--skip") { Description = "how many requests pass before the first is met; default none" };
    private readonly Option<int?> count = new("--count") { Description = "how many requests are met; default all" };
    private readonly Option<double?> probability = new("--probability") { Description = "share of requests that are met, 0 to 1" };
    private readonly Option<bool> clear = Clear("take the fault away");

    public FaultApi()
        : base("api", "Let the API server do something wrong with a verb on a kind")
    {
        Add(verb);
        Add(plural);
        Add(status);
        Add(retryAfter);
        Add(effect);
        Add(delay);
        Add(behind);
        Add(manager);
        Add(@namespace);
        Add(name);
        Add(skip);
        Add(count);
        Add(probability);
        Add(clear);
    }

    protected override (HttpMethod, string, JsonObject?) Request(ParseResult parsed)
    {
        var whose = QueryString.Create(new Dictionary<string, string?>
        {
            ["namespace"] = parsed.GetValue(@namespace),
            ["name"] = parsed.GetValue(name),
        }.Where(member => member.Value is not null));
        var path = Path("faults", "api", parsed.GetRequiredValue(verb), parsed.GetRequiredValue(plural)) + whose;
        return parsed.GetValue(clear)
            ? (HttpMethod.Delete, path, null)
            : (HttpMethod.Put, path, Members(
                ("status", parsed.GetValue(status)),
                ("retryAfterSeconds", parsed.GetValue(retryAfter)),
                ("effect", parsed.GetValue(effect)),
                ("delayMs", Milliseconds(parsed.GetValue(delay))),
                ("behind", parsed.GetValue(behind)),
                ("manager", parsed.GetValue(manager)),
                ("skip", parsed.GetValue(skip)),
                ("count", parsed.GetValue(count)),
                ("probability", parsed.GetValue(probability))));
    }
}
