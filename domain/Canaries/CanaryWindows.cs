using Orchestrator.Domain.Calendars;
using Orchestrator.Domain.Requests;

namespace Orchestrator.Domain.Canaries;

/// <summary>Whether a canary can ever come through the windows that hold for it.</summary>
public static class CanaryWindows
{
    /// <summary>What the windows of the canary alone leave no room for.</summary>
    public static IReadOnlyList<Problem> Check(CanarySpec spec) => Check(spec, new([Own(spec.Service, spec.Windows)]), ChangeCalendar.AnyTime);

    /// <summary>What all windows together leave no room for.</summary>
    /// <param name="spec">The canary.</param>
    /// <param name="calendar">All that holds for it; freezes, which come and go, are passed over.</param>
    /// <param name="from">The time, UTC.</param>
    public static IReadOnlyList<Problem> Check(CanarySpec spec, ChangeCalendar calendar, DateTime from)
    {
        var windows = calendar.WindowsAlone;
        var shown = string.Join("; ", windows.Rules.Select(rules => rules.WindowsShown));
        if (windows.NextOpening(from) is null)
        {
            return [new(spec.Windows is null ? "" : "/windows", "never", $"The candidate could never have more traffic: no moment is in all windows ({shown}).")];
        }

        var plan = CanaryPlan.From(spec);
        var stays = plan.Index()
            .Where(step => step.Item.Weight > (step.Index == 0 ? 0 : plan[step.Index - 1].Weight))
            .Select(step => (step.Index, Stay: CanaryPlan.StayFrom(spec, step.Index)))
            .ToList();
        var longest = windows.LongestOpening(from, stays.Select(step => step.Stay.Time).DefaultIfEmpty().Max());
        return
        [
            .. from step in stays
               where step.Stay.Time > longest
               select new Problem(
                   step.Index < spec.Steps.Count ? $"/steps/{step.Index}" : "/bake",
                   "never",
                   $"The candidate would stay at {step.Stay.Weight} % for {Duration.Format(step.Stay.Time)}, and the longest opening is {Duration.Format(longest)} ({shown}): "
                   + "shorten what comes before the next increase, put one between, or widen the windows."),
        ];
    }

    /// <summary>What a canary says itself of when changes may be made.</summary>
    public static ChangeRules Own(string service, IReadOnlyList<ChangeWindow>? windows) => new($"canary {service}", windows ?? [], []);
}
