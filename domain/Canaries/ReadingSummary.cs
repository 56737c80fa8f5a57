using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Orchestrator.Domain.Canaries;

/// <summary>The readings of one metric of the candidate, at one weight and with one verdict, that a record has not kept one by one.</summary>
/// <param name="Metric">The metric's name.</param>
/// <param name="Weight">The candidate's share then, in percent.</param>
/// <param name="Verdict">What each said.</param>
/// <param name="Count">How many there were.</param>
/// <param name="Values">How many of them had a value, which the next three are of.</param>
/// <param name="Min">The least value, in the metric's unit; null for none, and so the next two.</param>
/// <param name="Max">The greatest.</param>
/// <param name="Mean">Their mean.</param>
/// <param name="First">When the first was taken, UTC.</param>
/// <param name="Last">When the last was taken, UTC.</param>
public sealed record ReadingSummary(
    string Metric,
    int Weight,
    Verdict Verdict,
    int Count,
    int Values,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? Min,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? Max,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? Mean,
    DateTime First,
    DateTime Last)
{
    /// <summary>Adds each reading of a sample to the summary that it belongs to.</summary>
    public static ImmutableList<ReadingSummary> Add(ImmutableList<ReadingSummary> summaries, JudgedSample judged)
    {
        foreach (var (metric, verdict) in judged.Verdicts)
        {
            var at = summaries.FindIndex(one => (one.Metric, one.Weight, one.Verdict) == (metric, judged.Sample.Weight, verdict));
            var before = at < 0 ? new(metric, judged.Sample.Weight, verdict, 0, 0, null, null, null, judged.Sample.At, judged.Sample.At) : summaries[at];
            var after = before.With(judged.Sample.Metrics[metric], judged.Sample.At);
            summaries = at < 0 ? summaries.Add(after) : summaries.SetItem(at, after);
        }

        return summaries;
    }

    private ReadingSummary With(Reading reading, DateTime at)
    {
        var counted = this with
        {
            Count = Count + 1,
            First = at < First ? at : First,
            Last = at > Last ? at : Last,
        };
        return reading is not { State: ReadingState.Value, Value: { } value } ? counted : counted with
        {
            Values = Values + 1,
            Min = Min < value ? Min : value,
            Max = Max > value ? Max : value,
            Mean = (Mean ?? 0) + ((value - (Mean ?? 0)) / (Values + 1)),
        };
    }
}
