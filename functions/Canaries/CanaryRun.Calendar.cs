namespace Orchestrator.Functions.Canaries;

/// <summary>How a run makes sure that the calendar is open at the very moment at which it adds traffic.</summary>
internal sealed partial class CanaryRun
{
    /// <summary>The calendar as it was asked before the next increase; null where somebody said that this one need not heed it.</summary>
    private CanaryCalendar? asked;

    /// <summary>
    /// Waits until the calendar lets traffic be added, should it have closed while pods were awaited or the run stood still for somebody; judging goes on.
    /// False when the run ends.
    /// </summary>
    private async Task<bool> IsOpenAsync()
    {
        asked?.Age(context.CurrentUtcDateTime);
        while (asked is not null && await ListenAsync())
        {
            if (asked.IsDue(Progress, context.CurrentUtcDateTime))
            {
                asked.Learn(await UnlessEndingAsync(asked.AskAsync(Progress)));
            }
            else if (asked.Holds(Progress) is not { } closed)
            {
                break;
            }
            else if (!await AttendAsync())
            {
                Show(Progress.PhaseOfStep(), closed);
                await StayAsync(Soonest(asked.WakeAt < closed.Until ? asked.WakeAt : closed.Until));
            }
        }

        return !IsEnding;
    }
}
