using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Orchestrator.Domain.Calendars;
using Orchestrator.Functions.Commands;

namespace Orchestrator.Functions.Calendars;

/// <summary>
/// Finds out whether the calendar is closed now, and until when; null when it is open. It is no matter of the run itself: the rules of time zones
/// change, and what was found stands in the history.
/// </summary>
public sealed class FindClosedCalendar(TimeProvider time)
{
    [Function(nameof(FindClosedCalendar))]
    public Task<ClosedCalendar?> RunAsync(
        [ActivityTrigger] CalendarQuestion question, [DurableClient] DurableTaskClient client, CancellationToken cancellationToken) =>
        client.ClosedAsync(question, time.GetUtcNow().UtcDateTime, cancellationToken);
}

public static class FindClosedCalendarCall
{
    extension(TaskOrchestrationContext context)
    {
        /// <inheritdoc cref="FindClosedCalendar"/>
        public Task<ClosedCalendar?> FindClosedCalendarAsync(CalendarQuestion question) =>
            context.CallActivityAsync<ClosedCalendar?>(nameof(FindClosedCalendar), question, CommandCalls.Insisted);
    }
}
