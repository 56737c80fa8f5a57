namespace Orchestrator.Domain.Canaries;

/// <summary>One metric as it stands.</summary>
/// <param name="Spec">What is asked and what passes.</param>
public sealed record MetricState(MetricSpec Spec)
{
    /// <summary>When it was last asked for, UTC; null: not yet.</summary>
    public DateTime? SampledAt { get; init; }

    /// <summary>The last value; null when there was none.</summary>
    public double? Last { get; init; }

    /// <summary>What the last sample said.</summary>
    public Verdict Verdict { get; init; }

    /// <summary>Why the last sample does not carry an increase; null when it does.</summary>
    public string? Hold { get; init; }

    /// <summary>Why there was no answer the last time; null when there was one.</summary>
    public string? Error { get; init; }

    /// <summary>Whether a sample was taken since the weight last changed.</summary>
    public bool IsCurrent { get; init; }

    public int Samples { get; init; }

    public int Failures { get; init; }

    public int Errors { get; init; }

    public int ErrorsInSuccession { get; init; }

    /// <summary>Inconclusive samples since somebody last resumed the run after too many.</summary>
    public int Inconclusive { get; init; }

    /// <summary>Whether the metric has said what it has to say.</summary>
    public bool IsOver => Spec.DryRun ? Samples >= Spec.Count : Samples - Errors >= Spec.Count && Hold is null;
}

/// <summary>What the samples of a run say so far.</summary>
/// <param name="Metrics">The metrics of the whole run, in the order of the spec.</param>
/// <param name="Failure">Why the candidate must go back; null while it may stay.</param>
/// <param name="Doubt">Why a person is to look at it; null while the samples say enough.</param>
public sealed record Analysis(IReadOnlyList<MetricState> Metrics, string? Failure = null, string? Doubt = null)
{
    private const int MetricsShown = 12;
    private const int ErrorsShown = 3;
    private const int ErrorShown = 80;

    /// <summary>The metrics of the step that the run is at, which take the place of those of the same name.</summary>
    public IReadOnlyList<MetricState> OfStep { get; init; } = [];

    /// <summary>How many samples in succession have found the candidate without a ready pod: what its share of the users gets no metric of its pods tells.</summary>
    public int WithoutPods { get; init; }

    /// <summary>The metrics that are asked for now.</summary>
    public IEnumerable<MetricState> Active => [.. Metrics.Where(metric => !OfStep.Any(own => own.Spec.Name == metric.Spec.Name)), .. OfStep];

    /// <summary>Why the last samples do not carry an increase; null when they do, or when there was none since the weight changed.</summary>
    public string? Hold => WithoutPods > 0 ? "a ready pod of the candidate" : Deciding.FirstOrDefault(metric => metric.Hold is not null)?.Hold;

    /// <summary>The metrics that have said nothing since the weight changed.</summary>
    public IReadOnlyList<MetricState> Unsampled => [.. Deciding.Where(metric => !metric.IsCurrent)];

    /// <summary>Whether traffic may be added.</summary>
    public bool IsConclusive => Hold is null && Unsampled.Count == 0;

    private IEnumerable<MetricState> Deciding => Active.Where(metric => !metric.Spec.DryRun && !metric.IsOver);

    /// <summary>What is known before the first sample.</summary>
    /// <param name="spec">What is judged by.</param>
    /// <param name="more">What is asked for beside it.</param>
    public static Analysis Begin(AnalysisSpec spec, IEnumerable<MetricSpec>? more = null) =>
        new([.. spec.Metrics.Concat(more ?? []).Select(metric => new MetricState(metric))]);

    /// <summary>The run comes to a step with metrics of its own, or with none.</summary>
    public Analysis AtStep(IReadOnlyList<MetricSpec> own) =>
        own.Count == 0 && OfStep.Count == 0 ? this : this with { OfStep = [.. own.Select(metric => new MetricState(metric))] };

    /// <summary>The weight has changed: what was concluded before says nothing of it, failures stay counted.</summary>
    public Analysis AtNewWeight() => Each(metric => metric with { IsCurrent = false, Hold = null });

    /// <summary>Somebody has looked: what was inconclusive so far is forgiven.</summary>
    public Analysis Resumed() => Each(metric => metric with { Inconclusive = 0 }) with { Doubt = null };

    /// <summary>The same with each active metric replaced.</summary>
    public Analysis Each(Func<MetricState, MetricState> change)
    {
        var resting = OfStep.Select(own => own.Spec.Name).ToHashSet();
        return this with
        {
            Metrics = [.. Metrics.Select(metric => resting.Contains(metric.Spec.Name) ? metric with { IsCurrent = false, Hold = null } : change(metric))],
            OfStep = [.. OfStep.Select(change)],
        };
    }

    /// <summary>The active metrics for everybody to see: as many as a custom status holds, those that are not well first, and few errors in full.</summary>
    public IReadOnlyList<MetricView> View()
    {
        var errors = 0;
        var active = Active.ToList();
        var shown = active.Count > MetricsShown ? active.OrderBy(metric => metric.Verdict == Verdict.Passed).Take(MetricsShown) : active;
        return [.. shown.Select(metric => new MetricView(
            metric.Spec.Name, metric.Last, AnalysisPolicy.Threshold(metric.Spec), metric.Verdict, metric.Failures, metric.Samples)
        {
            Inconclusive = metric.Inconclusive,
            Errors = metric.Errors,
            Error = metric.Error is { } error && errors++ < ErrorsShown ? Excerpt.Of(error, ErrorShown) : null,
            DryRun = metric.Spec.DryRun,
        })];
    }
}
