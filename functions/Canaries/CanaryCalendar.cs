using Microsoft.DurableTask;
using Orchestrator.Domain;
using Orchestrator.Domain.Calendars;
using Orchestrator.Domain.Canaries;
using Orchestrator.Functions.Calendars;

namespace Orchestrator.Functions.Canaries;

/// <summary>What the calendar says of an increase that a run is about to make. Like an orchestrator, it follows from the run's history alone.</summary>
internal sealed class CanaryCalendar(TaskOrchestrationContext context, CanaryStart start, bool isHeeded)
{
    /// <summary>How long it is taken for closed without a look, should the run not hear that it was changed.</summary>
    private static readonly TimeSpan LongestHold = TimeSpan.FromMinutes(30);

    /// <summary>How long it is taken for open without a look.</summary>
    private static readonly TimeSpan LongestOpen = TimeSpan.FromMinutes(1);

    private readonly bool isHeeded = isHeeded && start.HeedsCalendar;
    private DateTime openUntil = DateTime.MaxValue;
    private DateTime askAt = DateTime.MinValue;
    private int changes;
    private ClosedCalendar? closed;

    /// <summary>When it is to be asked again, while it is closed.</summary>
    public DateTime WakeAt => askAt;

    /// <summary>Whether it is to be asked now.</summary>
    public bool IsDue(CanaryProgress progress, DateTime now) => isHeeded && !progress.Forced && (now >= askAt || progress.CalendarChanges != changes);

    /// <summary>Asks it; the answer is to be learned.</summary>
    public Task<ClosedCalendar?> AskAsync(CanaryProgress progress)
    {
        changes = progress.CalendarChanges;
        return context.FindClosedCalendarAsync(new(start.Spec.Tenant, start.Spec.Service, start.Spec.Windows, CanaryPlan.StayFrom(start.Spec, Next(progress))));
    }

    /// <summary>The step that is to add the traffic, counted from 0; after the last one, the promotion does.</summary>
    private int Next(CanaryProgress progress) =>
        progress.PromotedFully ? int.MaxValue
        : progress.Step is not { } step ? (start.Retry?.FromStep ?? 1) - 1
        : step.Weight > progress.Weight ? step.Position.Index - 1
        : step.Position.Index;

    /// <summary>Takes its answer.</summary>
    public void Learn(ClosedCalendar? answer)
    {
        var latest = context.CurrentUtcDateTime + LongestHold;
        closed = answer;
        openUntil = closed is null ? context.CurrentUtcDateTime + LongestOpen : DateTime.MaxValue;
        askAt = closed is null ? DateTime.MaxValue : closed.Until < latest ? closed.Until.Value : latest;
    }

    /// <summary>Takes what is known for too old.</summary>
    public void Forget() => askAt = DateTime.MinValue;

    /// <summary>Takes it for too old that it is open, if that was found a while ago.</summary>
    public void Age(DateTime now) => askAt = now >= openUntil ? DateTime.MinValue : askAt;

    /// <summary>What the run waits for; null when it may go on.</summary>
    public WaitingFor? Holds(CanaryProgress progress) => closed is null || progress.Forced ? null : progress.Closed(closed);
}
