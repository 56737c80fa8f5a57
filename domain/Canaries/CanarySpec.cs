using System.Text.Json.Serialization;
using Orchestrator.Domain.Calendars;
using Orchestrator.Domain.Requests;
using Orchestrator.Domain.Traffic;

namespace Orchestrator.Domain.Canaries;

/// <summary>What a run does when a newer version is submitted while it is on its way.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<NewVersionPolicy>))]
public enum NewVersionPolicy
{
    /// <summary>The newer version waits until this run has ended; of several, the newest waits.</summary>
    [JsonStringEnumMemberName("queue")] Queue,

    /// <summary>This run is rolled back cleanly, then the newer version starts.</summary>
    [JsonStringEnumMemberName("supersede")] Supersede,

    /// <summary>The newer version is refused.</summary>
    [JsonStringEnumMemberName("reject")] Reject,
}

/// <summary>
/// What a run does when somebody else changes the rules that it steers, or the Deployments of its versions. What others add, routes and fields of their
/// own, stays under every policy.
/// </summary>
[JsonConverter(typeof(JsonStringEnumConverter<ForeignChangePolicy>))]
public enum ForeignChangePolicy
{
    /// <summary>What was changed or removed is put back, and after a rollback all is as it was before the run.</summary>
    [JsonStringEnumMemberName("repair")] Repair,

    /// <summary>It stays, after the run too; what the run itself set there is left as well, and the run stands still until somebody resumes it.</summary>
    [JsonStringEnumMemberName("respect")] Respect,

    /// <summary>It stays, and the run is rolled back.</summary>
    [JsonStringEnumMemberName("abort")] Abort,
}

/// <summary>How an analysis answers when there is too little traffic to say anything.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<NoTrafficPolicy>))]
public enum NoTrafficPolicy
{
    /// <summary>The run stays where it is until there is traffic or its deadline comes.</summary>
    [JsonStringEnumMemberName("hold")] Hold,
    [JsonStringEnumMemberName("pass")] Pass,
    [JsonStringEnumMemberName("fail")] Fail,
}

/// <summary>The version to promote.</summary>
/// <param name="Version">The label <c>version</c> of its pods; also the name of its subset.</param>
/// <param name="Image">Its container image: with it, the Deployment is made from the stable one's. Null: somebody else deploys it, and it is awaited.</param>
public sealed record Candidate(string Version, string? Image = null);

/// <summary>Which requests reach the candidate before and during the ramp: those with a header, or with a cookie.</summary>
public sealed record Preview(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] HeaderMatch? Header = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] CookieMatch? Cookie = null)
{
    /// <summary>The header that they have.</summary>
    [JsonIgnore]
    public HeaderMatch Match => Header ?? Cookie!.Header;
}

/// <summary>That a user stays on the candidate who was served by it once, as long as it has a share of the requests.</summary>
/// <param name="Cookie">The name of the cookie that does it.</param>
/// <param name="MaxAge">How long browsers keep it.</param>
public sealed record SessionAffinity(string Cookie, [property: JsonConverter(typeof(DurationConverter))] TimeSpan MaxAge);

/// <summary>How a candidate is judged.</summary>
public sealed record AnalysisSpec
{
    /// <summary>The shortest window over which rates are taken; shorter ones see too few scrapes.</summary>
    public static readonly TimeSpan LeastWindow = TimeSpan.FromSeconds(10);

    public static readonly IReadOnlyList<MetricSpec> DefaultMetrics =
        [new(MetricSpec.SuccessRate, Min: 99), new(MetricSpec.LatencyP99, Max: 500)];

    /// <summary>The time between two samples while the candidate has traffic. A Prometheus that scrapes every 15 s needs 1m or more.</summary>
    [JsonConverter(typeof(DurationConverter))]
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How many failed samples of one metric a run endures; one more ends it.</summary>
    public int FailureLimit { get; init; } = 1;

    /// <summary>The requests that a window must hold before anything is concluded from it.</summary>
    public int MinRequests { get; init; } = 20;
    public NoTrafficPolicy OnNoTraffic { get; init; } = NoTrafficPolicy.Hold;
    public IReadOnlyList<MetricSpec> Metrics { get; init; } = DefaultMetrics;

    /// <summary>How the candidate is compared with the stable version; null: it is not.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ComparisonSpec? Comparison { get; init; }

    /// <summary>The time between two samples of a metric.</summary>
    public TimeSpan IntervalOf(MetricSpec metric) => metric.Interval ?? Interval;

    /// <summary>
    /// The window of one sample: an interval, so that a sample sees what happened since the one before and an error is acted on
    /// at the next tick, but never less than <see cref="LeastWindow"/>.
    /// </summary>
    public TimeSpan WindowOf(MetricSpec metric) => IntervalOf(metric) is var interval && interval > LeastWindow ? interval : LeastWindow;

    /// <summary>The requests without which a window says nothing of a metric; 0: it needs none.</summary>
    public int MinRequestsOf(MetricSpec metric) => metric.MinRequests ?? (metric.IsOfVersion ? MinRequests : 0);

    /// <summary>Whether a metric is compared with the stable version's.</summary>
    public bool Compares(MetricSpec metric) => Comparison is not null && metric.IsOfVersion;
}

/// <summary>A canary promotion; always valid. Serialized in camelCase it is the body that a POST takes, with the tenant added.</summary>
public sealed record CanarySpec
{
    public required string Tenant { get; init; }

    /// <summary>The service, and the VirtualService, which may delegate, and DestinationRule, or the HTTPRoute, of the same name.</summary>
    public required string Service { get; init; }
    public required Candidate Candidate { get; init; }
    public Preview? Preview { get; init; }
    public IReadOnlyList<CanaryStep> Steps { get; init; } = [];

    /// <summary>Whether users stay on the candidate; null: each request is decided anew.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public SessionAffinity? SessionAffinity { get; init; }

    /// <summary>How the candidate is judged once it has all requests, before it replaces the stable version for good; null: not.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public AnalyzeStep? Bake { get; init; }
    public AnalysisSpec Analysis { get; init; } = new();

    /// <summary>The endpoints that have a say in the run; null: none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<Gate>? Gates { get; init; }

    /// <summary>When the candidate may be given more traffic, beside what the tenant says; null: at any time.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<ChangeWindow>? Windows { get; init; }
    public NewVersionPolicy OnNewVersion { get; init; } = NewVersionPolicy.Queue;
    public ForeignChangePolicy OnForeignChange { get; init; } = ForeignChangePolicy.Repair;

    /// <summary>How long the run may take before it is rolled back, waiting for people included.</summary>
    [JsonConverter(typeof(DurationConverter))]
    public TimeSpan Deadline { get; init; } = TimeSpan.FromHours(2);

    /// <summary>How long the old version keeps its pods after promotion.</summary>
    [JsonConverter(typeof(DurationConverter))]
    public TimeSpan KeepStable { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Every endpoint that the run may call, with the JSON pointer of where it stands.</summary>
    public IEnumerable<(string Pointer, Webhook Webhook)> Webhooks() =>
    [
        .. Of("/analysis/metrics", Analysis.Metrics),
        .. Steps.Index().SelectMany(step => Of($"/steps/{step.Index}/analyze/metrics", (step.Item as AnalyzeStep)?.Metrics ?? [])),
        .. Of("/bake/metrics", Bake?.Metrics ?? []),
        .. (Gates ?? []).Index().Select(gate => ($"/gates/{gate.Index}/webhook", gate.Item.Webhook)),
    ];

    /// <summary>The cookie that keeps users on the candidate; null for none.</summary>
    [JsonIgnore]
    public SessionCookie? SessionCookie => SessionAffinity is { } affinity
        ? new(new(affinity.Cookie, Candidate.Version), (int)affinity.MaxAge.TotalSeconds)
        : null;

    /// <summary>The gates of a type, in order.</summary>
    public IEnumerable<Gate> GatesOf(GateType type) => (Gates ?? []).Where(gate => gate.Type == type);

    private static IEnumerable<(string Pointer, Webhook Webhook)> Of(string pointer, IReadOnlyList<MetricSpec> metrics) =>
        from metric in metrics.Index()
        where metric.Item.Webhook is not null
        select ($"{pointer}/{metric.Index}/webhook", metric.Item.Webhook);
}
