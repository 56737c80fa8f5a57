using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Orchestrator.Durable.Engine.Triggers.Timers;

/// <summary>Runs the timer functions of the app from when the host has started until it stops.</summary>
internal sealed class TimerTriggers(
    FunctionCatalog catalog,
    HostJson hostJson,
    FunctionSettings settings,
    IServiceProvider services,
    TimeProvider time,
    ILogger<TimerTriggers> logger)
    : IHostedLifecycleService, IDisposable
{
    private readonly CancellationTokenSource stopping = new();
    private Task listeners = Task.CompletedTask;

    // The engine, which the functions call and the monitor writes to, has started by then.
    public Task StartedAsync(CancellationToken cancellationToken)
    {
        listeners = Task.WhenAll(catalog.Timers.Where(timer => !settings.IsDisabled(timer.Name)).Select(ListenAsync));
        return Task.CompletedTask;
    }

    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        await stopping.CancelAsync();
        await listeners.WaitAsync(cancellationToken);
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => stopping.Dispose();

    private Task ListenAsync(TimerFunction timer)
    {
        var schedule = TimerSchedule.Parse(settings.Resolve(timer.Trigger.Schedule), time.LocalTimeZone);
        var engine = timer.Trigger.UseMonitor && !schedule.IsSubMinute ? services.GetService<DurableEngine>() : null;
        var monitor = engine is null ? null : new ScheduleMonitor(engine);
        var runner = new MethodRunner(timer.Method, hostJson.FunctionTimeout, services);
        var listener = new TimerListener(timer.Name, schedule, monitor, (info, cancellation) => runner.RunAsync(info, cancellation), time, logger);
        return listener.ListenAsync(timer.Trigger.RunOnStartup, stopping.Token);
    }
}
