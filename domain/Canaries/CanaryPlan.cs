using Orchestrator.Domain.Calendars;

namespace Orchestrator.Domain.Canaries;

/// <summary>One step and the traffic that is in force while the run stands at it.</summary>
/// <param name="Position">Where it stands in the plan.</param>
/// <param name="Step">What is done.</param>
/// <param name="Weight">The candidate's share in percent.</param>
/// <param name="Preview">Whether the preview header reaches the candidate.</param>
/// <param name="Mirror">The share of the requests that the candidate gets copies of, in percent.</param>
/// <param name="Scale">What says how many pods the candidate has; null: as many as the stable version.</param>
public sealed record PlannedStep(StepPosition Position, CanaryStep Step, int Weight, bool Preview, int Mirror = 0, SetCanaryScaleStep? Scale = null);

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
        var (weight, mirror) = (0, 0);
        SetCanaryScaleStep? scale = null;
        var total = spec.Steps.Count + (spec.Bake is null ? 0 : 1);
        List<PlannedStep> plan = [];
        foreach (var step in spec.Steps)
        {
            preview |= spec.Preview is not null && step is PreviewStep;
            (weight, mirror) = step switch
            {
                SetWeightStep set => (set.Weight, 0),
                MirrorStep copies => (weight, copies.Percent),
                _ => (weight, mirror),
            };
            scale = step as SetCanaryScaleStep ?? scale;
            plan.Add(new(new(plan.Count + 1, total, step.Kind()), step, weight, preview, mirror, scale));
        }

        return spec.Bake is { } bake ? [.. plan, new(new(total, total, "bake"), bake, 100, Preview: false, Scale: scale)] : plan;
    }

    /// <summary>How long the candidate stays at the weight that a step has: until the next increase, or the promotion.</summary>
    /// <param name="spec">The canary.</param>
    /// <param name="index">The step, counted from 0; after the last comes the promotion.</param>
    public static Stay StayFrom(CanarySpec spec, int index)
    {
        var rest = From(spec).Skip(index).ToList();
        return rest.Count == 0
            ? new(100, TimeSpan.Zero)
            : new(rest[0].Weight, TimeSpan.FromTicks(rest.TakeWhile(step => step.Weight == rest[0].Weight).Sum(step => step.Step.Least(spec.Analysis).Ticks)));
    }
}
