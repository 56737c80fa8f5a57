using Orchestrator.Domain.Requests;

namespace Orchestrator.Domain.Canaries;

/// <summary>Reads the steps of a canary: a list, or <c>stepWeight</c>, <c>maxWeight</c> and <c>interval</c>, which stand for one.</summary>
internal static class CanaryStepsRequest
{
    private const int MostSteps = 100;
    private const int MostApprovals = 5;
    private static readonly string[] Kinds = ["preview", "mirror", "setCanaryScale", "setWeight", "analyze", "pause", "approve"];
    private static readonly string[] RampMembers = ["stepWeight", "maxWeight", "interval"];
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Week = TimeSpan.FromDays(7);

    public static IReadOnlyList<CanaryStep> Read(ObjectReader o, AnalysisSpec analysis, Preview? preview)
    {
        var ramp = Ramp(o, analysis, preview);
        if (!o.Has("steps"))
        {
            return ramp;
        }

        if (RampMembers.Where(o.Has).ToList() is { Count: > 0 } both)
        {
            o.Problem("steps", "one-of", $"Give either 'steps' or {string.Join(", ", both)}, not both.");
        }

        List<CanaryStep> before = [];
        var steps = o.Objects("steps", MostSteps, item =>
        {
            var step = ReadStep(item);
            CheckOrder(item, step, preview, before);
            before.Add(step);
            return step;
        });
        if (steps.Count == 0)
        {
            o.Problem("steps", "required", "Give at least one step, or leave 'steps' out for the default ramp.");
        }

        return steps;
    }

    /// <summary>The ramp in even steps, each analyzed for an interval; what is left after it is the promotion.</summary>
    private static List<CanaryStep> Ramp(ObjectReader o, AnalysisSpec analysis, Preview? preview)
    {
        var stepWeight = o.Integer("stepWeight", 10, 1, 100);
        var maxWeight = o.Integer("maxWeight", Math.Max(50, stepWeight), 1, 100);
        var interval = o.Duration("interval", analysis.Interval, Second, Week);
        if (stepWeight > maxWeight)
        {
            o.Problem("stepWeight", "range", $"Expected at most maxWeight ({maxWeight}), got {stepWeight}.");
        }

        List<CanaryStep> steps = preview is null ? [] : [new PreviewStep()];
        for (var weight = stepWeight; weight - stepWeight < maxWeight; weight += stepWeight)
        {
            steps.Add(new SetWeightStep(Math.Min(weight, maxWeight)));
            steps.Add(new AnalyzeStep(interval));
        }

        return steps;
    }

    private static CanaryStep ReadStep(ObjectReader o)
    {
        var kinds = Kinds.Where(o.Has).ToList();
        if (kinds.Count != 1)
        {
            o.Problem("", "one-of", $"A step has exactly one of {string.Join(", ", Kinds)}; this one has {(kinds.Count == 0 ? "none" : string.Join(" and ", kinds))}.");
        }

        // Every kind is read, so that problems within a surplus one are told as well.
        var preview = o.Object("preview", _ => new PreviewStep());
        var weight = o.OptionalInteger("setWeight", 0, 100);
        var analyze = o.Object("analyze", AnalysisRequest.ReadStep);
        var pause = o.Object("pause", p => new PauseStep(p.OptionalDuration("duration", Second, Week)));
        var approve = o.Object("approve", a => new ApproveStep(
            a.Duration("timeout", TimeSpan.FromMinutes(30), Second, Week),
            a.Choice("onTimeout", TimeoutVerdict.Rollback),
            a.Integer("minApprovals", 1, 1, MostApprovals)));
        var mirror = o.Object("mirror", m => new MirrorStep(m.Integer("percent", 100, 1, 100)));
        var scale = o.Object("setCanaryScale", ReadScale);
        return (CanaryStep?)analyze ?? (CanaryStep?)pause ?? (CanaryStep?)approve ?? (CanaryStep?)mirror ?? (CanaryStep?)scale
            ?? (weight is { } w ? new SetWeightStep(w) : preview ?? new PreviewStep());
    }

    private static SetCanaryScaleStep ReadScale(ObjectReader o)
    {
        var scale = new SetCanaryScaleStep(
            o.OptionalInteger("replicas", 1, 1000), o.OptionalInteger("percent", 1, 100), o.Boolean("matchTrafficWeight", defaultValue: false));
        if (((bool[])[scale.Replicas is not null, scale.Percent is not null, scale.MatchTrafficWeight]).Count(given => given) != 1)
        {
            o.Problem("", "one-of", "Give exactly one of replicas, percent and matchTrafficWeight: true.");
        }

        return scale;
    }

    /// <summary>Notes what a step may not do after the steps before it.</summary>
    private static void CheckOrder(ObjectReader o, CanaryStep step, Preview? preview, List<CanaryStep> before)
    {
        var weight = before.OfType<SetWeightStep>().LastOrDefault()?.Weight ?? 0;
        switch (step)
        {
            case SetWeightStep next when next.Weight < weight:
                o.Problem("setWeight", "order", $"A weight never falls on the way: expected at least {weight}, got {next.Weight}.");
                break;
            case PreviewStep when o.Has("preview") && preview is null:
                o.Problem("preview", "required", "A preview needs 'preview.header' or 'preview.cookie', which says which requests it takes.");
                break;
            case MirrorStep when weight > 0:
                o.Problem("mirror", "order", $"With {weight} % of the requests for the candidate there is nothing to learn from copies: mirror before the first weight.");
                break;
            case PreviewStep when before.Any(earlier => earlier is PreviewStep):
                o.Problem("preview", "duplicate", "The preview has begun already: leave this step out.");
                break;
        }
    }
}
