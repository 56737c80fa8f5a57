using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;

namespace Orchestrator.Durable.Engine.Triggers.Timers;

/// <summary>Runs one timer function at its times, one run after the other.</summary>
/// <param name="name">The function.</param>
/// <param name="schedule">Its times.</param>
/// <param name="monitor">Keeps where the schedule stands; null when nobody asks.</param>
/// <param name="invoke">Runs the function.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Told of runs that fail.</param>
internal sealed partial class TimerListener(
    string name, TimerSchedule schedule, ScheduleMonitor? monitor, Func<TimerInfo, CancellationToken, Task> invoke, TimeProvider time, ILogger logger)
{
    // A clock that is set does not move a sleeping timer: looking at it now and then bounds the delay.
    private static readonly TimeSpan LongestSleep = TimeSpan.FromMinutes(1);

    private ScheduleStatus? status;

    /// <summary>Runs until it is stopped.</summary>
    /// <param name="runOnStartup">Whether it also runs at once.</param>
    /// <param name="stopping">Ends the wait; a run that has begun comes to its end.</param>
    public async Task ListenAsync(bool runOnStartup, CancellationToken stopping)
    {
        var (next, missed) = await ResumeAsync();
        if (runOnStartup)
            next = await RunAsync(Now, isPastDue: false, stopping);
        else if (missed)
            next = await RunAsync(next, isPastDue: true, stopping);
        while (await SleepUntilAsync(next, stopping))
            next = await RunAsync(next, isPastDue: false, stopping);
    }

    private DateTime Now => time.GetUtcNow().UtcDateTime;

    /// <summary>The occurrence that comes next, and whether the host slept through it.</summary>
    private async Task<(DateTime Next, bool Missed)> ResumeAsync()
    {
        status = monitor?.Find(name);
        if (status is { } kept && kept.Next == schedule.NextAfter(kept.Last == default ? kept.LastUpdated : kept.Last))
            return (kept.Next, kept.Next < Now);
        // There is none yet, or the schedule has changed: nothing can have been missed.
        return (await KeepAsync(status?.Last ?? default, schedule.NextAfter(Now)), false);
    }

    private async Task<DateTime> RunAsync(DateTime occurrence, bool isPastDue, CancellationToken stopping)
    {
        try
        {
            await invoke(new TimerInfo { IsPastDue = isPastDue, ScheduleStatus = status }, stopping);
        }
        catch (Exception e)
        {
            RunFailed(logger, name, e);
        }

        // Occurrences during the run are passed over, so that runs do not pile up.
        var last = occurrence > Now ? occurrence : Now;
        return await KeepAsync(last, schedule.NextAfter(last));
    }

    private async Task<DateTime> KeepAsync(DateTime last, DateTime next)
    {
        if (monitor is not null)
        {
            status = new() { Last = last, Next = next, LastUpdated = Now };
            await monitor.KeepAsync(name, status);
        }

        return next;
    }

    private async Task<bool> SleepUntilAsync(DateTime due, CancellationToken stopping)
    {
        try
        {
            for (var left = due - Now; left > TimeSpan.Zero; left = due - Now)
            {
                var sleep = Task.Delay(left < LongestSleep ? left : LongestSleep, time, stopping);
                // The clock may have been set between the look at it and the sleep.
                if (Now < due)
                    await sleep;
            }

            return !stopping.IsCancellationRequested;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Timer function {Function} failed; its schedule goes on")]
    private static partial void RunFailed(ILogger logger, string function, Exception error);
}
