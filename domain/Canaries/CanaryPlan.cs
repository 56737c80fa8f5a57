namespace Orchestrator.Domain.Canaries;

/// <summary>One step and the traffic that is in force while the run stands at it.</summary>
/// <param name="Position">Where it stands in the plan.</param>
/// <param name="Step">What is done.</param>
/// <param name="Weight">The candidate's share in percent.</param>
/// <param name="Preview">Whether the preview header reaches the candidate.</param>
public sealed record PlannedStep(StepPosition Position, CanaryStep Step, int Weight, bool Preview);

/// <summary>The steps of a canary in order.</summary>
public static class CanaryPlan
{
    /// <summary>
    /// Lays out a spec. The preview begins at its step; a spec that names a header and has no such step previews from the first step on.
    /// A bake is the last step, with all requests.
    /// </summary>
    public static IReadOnlyList<PlannedStep> From(CanarySpec spec)
    {
        var preview = spec.Preview is not null && !spec.Steps.Any(step => step is PreviewStep);
        var weight = 0;
        var total = spec.Steps.Count + (spec.Bake is null ? 0 : 1);
        List<PlannedStep> plan = [];
        foreach (var step in spec.Steps)
        {
            preview |= spec.Preview is not null && step is PreviewStep;
            weight = step is SetWeightStep set ? set.Weight : weight;
            plan.Add(new(new(plan.Count + 1, total, step.Kind()), step, weight, preview));
        }

        return spec.Bake is { } bake ? [.. plan, new(new(total, total, "bake"), bake, 100, Preview: false)] : plan;
    }
}
