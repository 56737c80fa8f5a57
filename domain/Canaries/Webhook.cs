using System.Text.Json;
using System.Text.Json.Serialization;
using Orchestrator.Domain.Requests;

namespace Orchestrator.Domain.Canaries;

/// <summary>How an endpoint is asked.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<WebhookMethod>))]
public enum WebhookMethod
{
    [JsonStringEnumMemberName("post")] Post,
    [JsonStringEnumMemberName("get")] Get,
}

/// <summary>An HTTP endpoint of somebody else. What it holds stands in the record of the run, so it is no place for secrets.</summary>
/// <param name="Url">Its address; http or https.</param>
public sealed record Webhook(string Url)
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public WebhookMethod Method { get; init; }

    /// <summary>Headers of the request.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyDictionary<string, string>? Headers { get; init; }

    /// <summary>What the endpoint is told beside what the run is about.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyDictionary<string, string>? Metadata { get; init; }

    /// <summary>Whether the status of the answer is the value: 1 for 2xx, 0 for anything else.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool ByStatus { get; init; }

    /// <summary>How long it may take to answer, repetitions included.</summary>
    [JsonConverter(typeof(DurationConverter))]
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Where in the JSON of the answer the value of a metric stands (<see cref="JsonPath"/>); null: it is the answer.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? JsonPath { get; init; }
}

/// <summary>What an endpoint is told: the body of a POST.</summary>
/// <param name="Type">What it is asked for: <c>metric</c>, or the type of the gate.</param>
/// <param name="Name">The name of the metric or gate.</param>
/// <param name="Tenant">The tenant.</param>
/// <param name="Service">The service.</param>
/// <param name="Run">The instance of the run.</param>
/// <param name="Phase">Where the run stands.</param>
/// <param name="Stable">The version that the candidate shall replace.</param>
/// <param name="Candidate">The candidate's version.</param>
/// <param name="Weight">The candidate's share in percent.</param>
/// <param name="Message">What happened, in words; null where there is nothing to tell.</param>
/// <param name="Metadata">What the spec says to tell.</param>
public sealed record WebhookPayload(
    string Type,
    string Name,
    string Tenant,
    string Service,
    string Run,
    CanaryPhase Phase,
    string? Stable,
    string Candidate,
    int Weight,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Message,
    IReadOnlyDictionary<string, string> Metadata)
{
    /// <summary>The type of what is asked for a number.</summary>
    public const string Metric = "metric";

    private static readonly IReadOnlyDictionary<string, string> None = new Dictionary<string, string>();

    /// <summary>Whether more than the status of the answer counts.</summary>
    [JsonIgnore]
    public bool WantsAnswer => Type == Metric;

    /// <summary>What a webhook of a canary is told.</summary>
    public static WebhookPayload Of(
        CanarySpec spec, string type, string name, Webhook webhook, string run, CanaryPhase phase, string? stable, int weight, string? message = null) =>
        new(type, name, spec.Tenant, spec.Service, run, phase, stable, spec.Candidate.Version, weight, message, webhook.Metadata ?? None);
}

/// <summary>What an endpoint answered.</summary>
/// <param name="Body">Its answer, when it was a success (2xx).</param>
/// <param name="Error">Why there is no such answer; null when there is one.</param>
public sealed record WebhookAnswer(string? Body, string? Error)
{
    /// <summary>The number that a metric's endpoint answered, or why there is none.</summary>
    public Reading Read(Webhook webhook, DateTime at)
    {
        var query = $"{webhook.Method.ToString().ToUpperInvariant()} {webhook.Url} {webhook.JsonPath}".TrimEnd();
        if (webhook.ByStatus)
        {
            return new(ReadingState.Value, Error is null ? 1 : 0, at, query, Error);
        }

        if (Error is not null)
        {
            return new(ReadingState.Unavailable, null, at, query, Error);
        }

        try
        {
            using var document = JsonDocument.Parse(Body ?? "");
            return JsonPath.Find(document.RootElement, webhook.JsonPath ?? "$") is { ValueKind: not JsonValueKind.Null } found
                ? JsonPath.Number(found) is { } value
                    ? new(double.IsFinite(value) ? ReadingState.Value : ReadingState.NotANumber, double.IsFinite(value) ? value : null, at, query)
                    : new(ReadingState.Unavailable, null, at, query, $"{webhook.JsonPath ?? "the answer"} is {Excerpt.Of(found.GetRawText(), 40)}: let jsonPath point at a number, or at true or false")
                : new(ReadingState.Absent, null, at, query);
        }
        catch (JsonException e)
        {
            return new(ReadingState.Unavailable, null, at, query, $"the answer is no JSON: {e.Message}");
        }
    }
}
