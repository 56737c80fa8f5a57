using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Json.Schema;
using Orchestrator.Domain.Requests;
using Orchestrator.TestKit;

namespace Orchestrator.Domain.Tests.Requests;

/// <summary>A schema of <c>docs/schemas</c>, held against what the reader of the same request says.</summary>
internal sealed partial class SpecSchema
{
    /// <summary>What the reader says in these words, a schema says as well; what goes together and what is taken, only the reader knows.</summary>
    private static readonly string[] Structural = ["unknown", "type", "choice", "required", "limit", "one-of", "duration"];

    // The library fills in a schema while it evaluates: two threads at once get wrong verdicts.
    private readonly Lock one = new();
    private readonly JsonSchema schema;

    private SpecSchema(string name)
    {
        var text = File.ReadAllText(Repository.PathOf("docs", "schemas", $"{name}.schema.json"));
        Json = JsonNode.Parse(text)!.AsObject();
        schema = JsonSchema.FromText(text);
    }

    public static SpecSchema Canary { get; } = new("canary");

    public static SpecSchema Tenant { get; } = new("tenant");

    /// <summary>The schema as it is written.</summary>
    public JsonObject Json { get; }

    /// <summary>What was read, once it is sure that the schema lets pass what the reader accepts, and refuses what has the wrong structure.</summary>
    public Parsed<T> Agreeing<T>(JsonElement body, Parsed<T> parsed)
        where T : class
    {
        if (parsed.IsValid)
        {
            var errors = Errors(body);
            Assert.True(errors.Count == 0, $"The schema refuses what the reader accepts: {string.Join("; ", errors)}: {body}");
        }
        else if (parsed.Problems.FirstOrDefault(IsStructural) is { } problem)
        {
            Assert.True(Errors(body).Count > 0, $"The schema accepts what the reader refuses: {problem}: {body}");
        }

        return parsed;
    }

    private IReadOnlyList<string> Errors(JsonElement body)
    {
        lock (one)
        {
            return schema.Evaluate(body).IsValid
                ? []
                : [.. schema.Evaluate(body, new() { OutputFormat = OutputFormat.List }).Details
                    .Where(detail => detail.HasErrors).SelectMany(detail => detail.Errors!.Values.Select(error => $"{detail.InstanceLocation}: {error}"))];
        }
    }

    private static bool IsStructural(Problem problem) =>
        (Structural.Contains(problem.Code) || (problem.Code == "range" && NumberRange().IsMatch(problem.Message))) && !Beyond().IsMatch($"{problem.Pointer} {problem.Code}");

    /// <summary>Words of structure for what a schema cannot say: that a preview needs its header elsewhere, and which headers carry credentials, in any case.</summary>
    [GeneratedRegex("^/steps/[0-9]+/preview required$|/webhook/headers/[^/]* unknown$")]
    private static partial Regex Beyond();

    [GeneratedRegex("^Expected [-+.0-9E]+ to [-+.0-9E]+, got ")]
    private static partial Regex NumberRange();
}
