using Microsoft.DurableTask;
using Microsoft.DurableTask.Converters;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orchestrator.Durable.Engine.Dispatch;
using Orchestrator.Durable.Engine.Replay;
using Orchestrator.Durable.Engine.Store;

namespace Orchestrator.Durable.Engine;

/// <summary>The engine of a host: owns the store from start to stop and connects commits with what they let loose.</summary>
internal sealed partial class DurableEngine : IHostedService, IDisposable
{
    private readonly DurableTaskRegistry registry;
    private readonly IServiceScopeFactory scopes;
    private readonly ILogger logger;
    private readonly ILoggerFactory loggers;
    private readonly CancellationToken hostStopping;
    private Running? running;

    public DurableEngine(
        DurableEngineOptions options,
        DurableTaskRegistry registry,
        IServiceScopeFactory scopes,
        TimeProvider time,
        ILoggerFactory loggers,
        IHostApplicationLifetime? lifetime = null)
    {
        hostStopping = lifetime?.ApplicationStopping ?? CancellationToken.None;
        this.registry = registry;
        this.scopes = scopes;
        this.loggers = loggers;
        Options = options;
        Time = time;
        logger = loggers.CreateLogger("Orchestrator.Durable.Engine");
        Payloads = new(JsonDataConverter.Default, options.MaxPayloadBytes);
    }

    public DurableEngineOptions Options { get; }

    public PayloadSerializer Payloads { get; }

    public TimeProvider Time { get; }

    public InstanceWatch Watch { get; } = new();

    /// <exception cref="InvalidOperationException">The host has not started, or has stopped.</exception>
    public DurableStore Store => running?.Store
        ?? throw new InvalidOperationException("The durable engine is not running: start the host before using its DurableTaskClient.");

    /// <exception cref="StoreException">The store cannot be taken over; the message says why.</exception>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        var store = DurableStore.Open(Options.StorePath, Release, logger);
        var timers = new TimerQueue(Time, message => running!.Instances.Deliver(message));
        var environment = new ExecutionEnvironment(Payloads, loggers)
        {
            MaximumTimerInterval = Options.MaximumTimerInterval,
            DefaultVersion = Options.DefaultVersion,
        };
        var instances = new InstanceDispatcher(registry, scopes, environment, Options, Time, logger) { Store = store, Timers = timers };
        var activities = new ActivityDispatcher(registry, scopes, Payloads, Time, Options.MaxConcurrentActivities, logger, hostStopping)
        {
            Deliver = instances.Deliver,
        };
        running = new(store, instances, activities, timers);
        Resume(running);
        instances.Start();
        return Task.CompletedTask;
    }

    /// <summary>
    /// Starts nothing new, waits for running activities and turns until the deadline, and leaves the store. What is still running then is repeated.
    /// </summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (running is not { } parts)
            return;
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(Options.DrainTimeout);
        await parts.Activities.StopAsync(deadline.Token);
        try
        {
            await parts.Instances.StopAsync(deadline.Token);
        }
        catch (OperationCanceledException)
        {
            TurnsStillRun(logger);
        }

        running = null;
        parts.Store.Dispose();
        parts.Timers.Dispose();
        parts.Activities.Dispose();
        Stopped(logger, Options.StorePath);
    }

    public void Dispose()
    {
        running?.Store.Dispose();
        running = null;
    }

    private void Resume(Running parts)
    {
        var messages = parts.Store.Reader.Messages(Damaged);
        foreach (var message in messages)
        {
            if (message.Due is null)
                parts.Instances.Deliver(message);
            else
                parts.Timers.Add(message);
        }

        var activities = parts.Store.Reader.Activities(Damaged);
        foreach (var activity in activities)
            parts.Activities.Enqueue(activity);
        Started(logger, Options.StorePath, messages.Count, activities.Count);
    }

    private void Damaged(long key, DamagedRowException error) => running!.Instances.Quarantine(key, error);

    private void Release(CommitEffects effects)
    {
        if (running is not { } parts)
            return;
        foreach (var key in effects.Removed)
            parts.Instances.Forget(key);
        foreach (var activity in effects.Activities)
            parts.Activities.Enqueue(activity);
        foreach (var message in effects.Messages)
        {
            if (message.Due is null)
                parts.Instances.Deliver(message);
            else
                parts.Timers.Add(message);
        }

        foreach (var id in effects.Changed)
            Watch.Signal(id);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Durable engine on {Path} resumes {Messages} messages and {Activities} activities")]
    private static partial void Started(ILogger logger, string path, int messages, int activities);

    [LoggerMessage(Level = LogLevel.Information, Message = "Durable engine on {Path} stopped")]
    private static partial void Stopped(ILogger logger, string path);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Orchestrator code still runs at the end of the stop; its turn is repeated at the next start")]
    private static partial void TurnsStillRun(ILogger logger);

    private sealed record Running(DurableStore Store, InstanceDispatcher Instances, ActivityDispatcher Activities, TimerQueue Timers);
}
