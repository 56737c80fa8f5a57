using Microsoft.Data.Sqlite;
using Microsoft.DurableTask;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orchestrator.Durable.Engine.Dispatch;
using Orchestrator.Durable.Engine.Inspection;
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
    private readonly CancellationTokenSource stopping = new();
    private Running? running;
    private RetentionPolicy? retention;
    private Task integrity = Task.CompletedTask;

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
        Payloads = new(options.DataConverter, options.MaxPayloadBytes);
    }

    public DurableEngineOptions Options { get; }

    public PayloadSerializer Payloads { get; }

    public TimeProvider Time { get; }

    public InstanceWatch Watch { get; } = new();

    /// <exception cref="InvalidOperationException">The host has not started, or has stopped.</exception>
    public DurableStore Store => Parts.Store;

    /// <summary>A fresh execution of the code of an instance, for a look at it without effects.</summary>
    public Session NewSession(InstanceRow row) => Parts.Instances.NewSession(row);

    /// <exception cref="StoreException">The store cannot be taken over; the message says why.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var store = DurableStore.Open(Options.StorePath, Release, logger);
        var journal = TurnJournal.Open(store.FilePrefix is { } prefix ? prefix + ".turns" : null, Options.MaxConcurrentOrchestrations);
        var trials = new Trials(journal, await store.RunAsync(new SuspectInstances(journal.Interrupted)));
        // Held by itself: a timer may come due while the host stops.
        InstanceDispatcher instances = null!;
        var timers = new TimerQueue(Time, message => instances.Deliver(message));
        var environment = new ExecutionEnvironment(Payloads, loggers)
        {
            MaximumTimerInterval = Options.MaximumTimerInterval,
            DefaultVersion = Options.DefaultVersion,
            ExceptionProperties = Options.ExceptionProperties,
        };
        instances = new(registry, scopes, environment, Options, Time, logger)
        {
            Store = store,
            Timers = timers,
            Trials = trials,
        };
        var activities = new ActivityDispatcher(registry, scopes, Payloads, Time, Options, new(loggers), logger, hostStopping)
        {
            Deliver = instances.Deliver,
        };
        running = new(store, instances, activities, timers, trials);
        Resume(running);
        instances.Start();
        retention = Options.Retention is { } age ? new(store, age, Time, logger) : null;
        integrity = Task.Run(() => CheckIntegrity(store.Reader), CancellationToken.None);
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
        retention?.Dispose();
        await stopping.CancelAsync();
        await integrity;
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
        parts.Timers.Dispose();
        parts.Store.Dispose();
        parts.Activities.Dispose();
        parts.Trials.Dispose();
        Stopped(logger, Options.StorePath);
    }

    public void Dispose()
    {
        running?.Store.Dispose();
        running?.Trials.Dispose();
        retention?.Dispose();
        stopping.Dispose();
        running = null;
    }

    private void Resume(Running parts)
    {
        var messages = parts.Store.Reader.Messages(Damaged);
        Deliver(parts, messages);
        var activities = parts.Store.Reader.Activities(Damaged);
        foreach (var activity in activities)
            parts.Activities.Enqueue(activity);
        Started(logger, Options.StorePath, messages.Count, activities.Count);
    }

    private Running Parts => running
        ?? throw new InvalidOperationException("The durable engine is not running: start the host before using its DurableTaskClient.");

    private void CheckIntegrity(StoreReader reader)
    {
        try
        {
            Checked(logger, IntegrityCheck.Run(reader, Damaged, stopping.Token));
            foreach (var lost in new InstanceInspector(this).Lost(stopping.Token))
                Stuck(logger, lost.InstanceId, lost.Problem!);
        }
        catch (SqliteException e)
        {
            NotChecked(logger, e.Message);
        }
    }

    private void Damaged(long key, StoreException error) => running!.Instances.Quarantine(key, error);

    private void Release(CommitEffects effects)
    {
        if (running is not { } parts)
            return;
        foreach (var key in effects.Removed)
            parts.Instances.Forget(key);
        foreach (var activity in effects.Activities)
            parts.Activities.Enqueue(activity);
        Deliver(parts, effects.Messages);
        foreach (var id in effects.Changed)
            Watch.Signal(id);
    }

    private static void Deliver(Running parts, IEnumerable<Message> messages)
    {
        foreach (var message in messages)
        {
            if (message.Due is null)
                parts.Instances.Deliver(message);
            else
                parts.Timers.Add(message);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Durable engine on {Path} resumes {Messages} messages and {Activities} activities")]
    private static partial void Started(ILogger logger, string path, int messages, int activities);

    [LoggerMessage(Level = LogLevel.Debug, Message = "The histories of {Instances} instances were checked")]
    private static partial void Checked(ILogger logger, int instances);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Instance {InstanceId} will not go on by itself. {Problem}")]
    private static partial void Stuck(ILogger logger, string instanceId, string problem);

    [LoggerMessage(Level = LogLevel.Error, Message = "The histories could not be checked: {Error}")]
    private static partial void NotChecked(ILogger logger, string error);

    [LoggerMessage(Level = LogLevel.Information, Message = "Durable engine on {Path} stopped")]
    private static partial void Stopped(ILogger logger, string path);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Orchestrator code still runs at the end of the stop; its turn is repeated at the next start")]
    private static partial void TurnsStillRun(ILogger logger);

    private sealed record Running(DurableStore Store, InstanceDispatcher Instances, ActivityDispatcher Activities, TimerQueue Timers, Trials Trials);
}
