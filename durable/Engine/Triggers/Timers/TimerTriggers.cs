using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Orchestrator.Durable.Engine.Triggers.Timers;

/// <summary>Runs the timer functions of the app.</summary>
internal sealed class TimerTriggers(
    FunctionCatalog catalog,
    HostJson hostJson,
    FunctionSettings settings,
    IServiceProvider services,
    TimeProvider time,
    ILogger<TimerTriggers> logger)
    : TriggerListeners<TimerFunction>(catalog.Timers, settings)
{
    protected override Task ListenAsync(TimerFunction function, CancellationToken stopping)
    {
        var schedule = TimerSchedule.Parse(Settings.Resolve(function.Trigger.Schedule), time.LocalTimeZone);
        var engine = function.Trigger.UseMonitor && !schedule.IsSubMinute ? services.GetService<DurableEngine>() : null;
        var monitor = engine is null ? null : new ScheduleMonitor(engine);
        var runner = new MethodRunner(function.Method, hostJson.FunctionTimeout, services);
        var listener = new TimerListener(
            function.Name, schedule, monitor, (timer, cancellation) => runner.RunAsync(timer, cancellation), time, logger);
        return listener.ListenAsync(function.Trigger.RunOnStartup, stopping);
    }
}
