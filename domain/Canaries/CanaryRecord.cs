using System.Text.Json.Serialization;
using Orchestrator.Domain.Traffic;

namespace Orchestrator.Domain.Canaries;

/// <summary>What stays of a run: the output of its instance.</summary>
/// <param name="View">Where it ended.</param>
/// <param name="Spec">What was asked for.</param>
/// <param name="Samples">What was measured, in order; <see cref="Dropped"/> tells of the rest.</param>
/// <param name="Decisions">Everything that was decided, in order, what had no effect included.</param>
/// <param name="Errors">What went wrong on the way and did not decide the end.</param>
public sealed record CanaryRecord(
    CanaryView View,
    CanarySpec Spec,
    IReadOnlyList<JudgedSample> Samples,
    IReadOnlyList<Decision> Decisions,
    IReadOnlyList<string> Errors)
{
    /// <summary>What others changed of the objects that the run steered, in the order in which it was found, and what became of it; null for nothing.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<ForeignChange>? Changes { get; init; }

    /// <summary>Every change of the traffic, in order; null for none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<WeightChange>? Weights { get; init; }

    /// <summary>What is left of the samples that were too many to be kept one by one; null when all were kept.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<ReadingSummary>? Dropped { get; init; }
}
