using System.Text.Json.Serialization;

namespace Orchestrator.Domain.Canaries;

/// <summary>When an endpoint has a say in a run, or is told of it; the names are Flagger's.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<GateType>))]
public enum GateType
{
    /// <summary>Before anything is changed: the run waits until it answers 2xx.</summary>
    [JsonStringEnumMemberName("confirm-rollout")] ConfirmRollout,

    /// <summary>Before the first request reaches the candidate: anything but 2xx is a failure, and too many take it back.</summary>
    [JsonStringEnumMemberName("pre-rollout")] PreRollout,

    /// <summary>At every interval while the candidate is judged: anything but 2xx is a failed sample.</summary>
    [JsonStringEnumMemberName("rollout")] Rollout,

    /// <summary>Before every increase of the weight: the run waits until it answers 2xx.</summary>
    [JsonStringEnumMemberName("confirm-traffic-increase")] ConfirmTrafficIncrease,

    /// <summary>After the last step: the run waits until it answers 2xx.</summary>
    [JsonStringEnumMemberName("confirm-promotion")] ConfirmPromotion,

    /// <summary>Told how the run ended.</summary>
    [JsonStringEnumMemberName("post-rollout")] PostRollout,

    /// <summary>At every interval while the candidate is judged: 2xx takes it back.</summary>
    [JsonStringEnumMemberName("rollback")] Rollback,

    /// <summary>Told whenever the phase, the step or the weight changes.</summary>
    [JsonStringEnumMemberName("event")] Event,
}

/// <summary>An endpoint with a say in a run.</summary>
public sealed record Gate(string Name, GateType Type, Webhook Webhook)
{
    /// <summary>The type as it stands on the wire.</summary>
    [JsonIgnore]
    public string Kind => Type switch
    {
        GateType.ConfirmRollout => "confirm-rollout",
        GateType.PreRollout => "pre-rollout",
        GateType.Rollout => "rollout",
        GateType.ConfirmTrafficIncrease => "confirm-traffic-increase",
        GateType.ConfirmPromotion => "confirm-promotion",
        GateType.PostRollout => "post-rollout",
        GateType.Rollback => "rollback",
        _ => "event",
    };

    /// <summary>The metric that a gate is which is asked at every interval; null for others.</summary>
    public MetricSpec? Metric() => Type switch
    {
        GateType.Rollout => new(Name, Min: 1) { Webhook = Webhook with { ByStatus = true } },
        GateType.Rollback => new(Name, Max: 0) { Webhook = Webhook with { ByStatus = true }, FailureLimit = 0 },
        _ => null,
    };
}
