using System.Collections.Immutable;
using System.Threading.Channels;
using Microsoft.Data.Sqlite;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orchestrator.Durable.Engine.History;
using Orchestrator.Durable.Engine.Replay;
using Orchestrator.Durable.Engine.Store;

namespace Orchestrator.Durable.Engine.Dispatch;

/// <summary>Gives each instance that has messages its turns, one after the other, and many instances at the same time.</summary>
internal sealed partial class InstanceDispatcher(
    DurableTaskRegistry registry,
    IServiceScopeFactory scopes,
    ExecutionEnvironment environment,
    DurableEngineOptions options,
    TimeProvider time,
    ILogger logger)
{
    private const int MaxMessagesPerTurn = 1000;
    private static readonly TimeSpan ReadRetryDelay = TimeSpan.FromSeconds(1);

    private readonly TaskLog log = new(environment.Loggers);
    private readonly Channel<LiveInstance> ready = Channel.CreateUnbounded<LiveInstance>();
    private readonly Lock gate = new();
    private readonly Dictionary<long, LiveInstance> instances = [];
    private readonly InstanceCache cache = new(options.HistoryCacheBytes, time);
    private ITimer? idleSessions;
    private Task workers = Task.CompletedTask;

    public required DurableStore Store { get; init; }

    public required TimerQueue Timers { get; init; }

    public required Trials Trials { get; init; }

    public void Start()
    {
        workers = Task.WhenAll(Enumerable.Range(0, options.MaxConcurrentOrchestrations).Select(place => Task.Run(() => WorkAsync(place))));
        if (options.ExtendedSessions)
            idleSessions = time.CreateTimer(_ => EndIdleSessions(), null, options.ExtendedSessionIdleTimeout, options.ExtendedSessionIdleTimeout);

        void EndIdleSessions()
        {
            lock (gate)
                cache.EndIdleSessions(options.ExtendedSessionIdleTimeout);
        }
    }

    /// <summary>Lets the turns that are queued run to their end and begins no other.</summary>
    public Task StopAsync(CancellationToken deadline)
    {
        ready.Writer.TryComplete();
        idleSessions?.Dispose();
        return workers.WaitAsync(deadline);
    }

    public void Deliver(Message message)
    {
        lock (gate)
        {
            if (!instances.TryGetValue(message.Instance, out var instance))
                instances.Add(message.Instance, instance = new(message.Instance));
            // Only events carried over from a former execution have negative ids: they come before those that arrived later.
            var place = message.Id < 0 ? instance.Mailbox.FindIndex(other => other.Id > message.Id) : -1;
            instance.Mailbox.Insert(place < 0 ? instance.Mailbox.Count : place, message);
            Schedule(instance);
        }
    }

    /// <summary>Drops what is kept in memory of an instance that was purged or replaced.</summary>
    public void Forget(long key)
    {
        lock (gate)
        {
            if (!instances.Remove(key, out var instance))
                return;
            cache.Remove(instance);
            instance.State = null;
            // The code of a turn that runs keeps what it was made from; its commit will fail.
            if (!instance.IsBusy)
                instance.EndSession();
        }
    }

    private void Schedule(LiveInstance instance)
    {
        if (instance.IsBusy || instance.Mailbox.Count == 0)
            return;
        instance.IsBusy = true;
        if (!ready.Writer.TryWrite(instance))
            instance.IsBusy = false;
    }

    private async Task WorkAsync(int place)
    {
        await foreach (var instance in ready.Reader.ReadAllAsync())
            TakeTurn(instance, place);
    }

    private void TakeTurn(LiveInstance instance, int place)
    {
        var messages = Take(instance);
        try
        {
            if (Load(instance) is not { } state || state.Row.IsTerminal)
            {
                Forget(instance.Key);
                return;
            }

            if (state.History.Count == 0 && !messages.Any(message => message.Event is ExecutionStarted))
            {
                PutBack(instance, messages);
                return;
            }

            if (IsHeld(instance, messages, state.Row))
                return;
            Commit(instance, messages, state, place);
        }
        catch (SqliteException e) when (e.SqliteErrorCode is not SQLitePCL.raw.SQLITE_CORRUPT)
        {
            // The disk, not the instance, is at fault.
            ReadFailed(logger, e.Message);
            _ = RepeatLaterAsync(instance, messages);
        }
        catch (Exception e)
        {
            Quarantine(instance.Key, e);
        }
    }

    /// <summary>Whether the host's rules make the instance wait; its end by a client needs no code, so that nothing holds it up.</summary>
    private bool IsHeld(LiveInstance instance, List<Message> messages, InstanceRow row)
    {
        if (messages.Any(message => message.Event is ExecutionTerminated))
            return false;
        if (!options.FailOnVersionMismatch && VersionRule.Mismatch(options, row.Version) is { } mismatch)
        {
            HeldByVersion(logger, row.Id, mismatch.Message);
            Hold(instance, messages);
            return true;
        }

        if (IsAdmitted(row))
            return false;
        HeldByFilter(logger, row.Id);
        _ = RepeatLaterAsync(instance, messages);
        return true;
    }

    private bool IsAdmitted(InstanceRow row)
    {
        if (options.Admission is not { } admission)
            return true;
        var tags = row.Tags is null ? ImmutableDictionary<string, string>.Empty : HistoryCodec.DecodeTags(row.Tags);
        try
        {
            var answer = admission(new(row.Name, row.Version, tags), CancellationToken.None);
            return answer.IsCompletedSuccessfully ? answer.Result : answer.AsTask().GetAwaiter().GetResult();
        }
        catch (Exception e)
        {
            // The filter, not the instance, is at fault.
            FilterFailed(logger, row.Id, e);
            return false;
        }
    }

    private void Commit(LiveInstance instance, List<Message> messages, InstanceState state, int place)
    {
        var now = time.GetUtcNow().UtcDateTime;
        // The clock may be set back; the time of one instance never goes back.
        if (state.History is [.., var last] && last.Timestamp > now)
            now = last.Timestamp;

        var session = instance.Session ?? NewSession(state.Row, VersionRule.Mismatch(options, state.Row.Version));
        OrchestrationExecution? code = null;
        var turn = new Turn(state, messages, now, Store.Keys);
        var result = Trials.Run(instance.Key, place, () => messages is [{ Event: ExecutionRewound rewound }]
            ? turn.Rewind(rewound, session.Fresh, IsFailed)
            : turn.Run(() => code = session.Current));
        var goesOn = options.ExtendedSessions && result is { Record.Status: { IsTerminal: false, NextExecutionId: null }, Record.Rewritten: null };
        instance.Session = goesOn ? session : null;
        if (!goesOn)
            session.Dispose();
        if (result is null)
        {
            NoReceiver(logger, messages.Count, state.Row.Id);
            Store.Submit(new DropMessages(messages));
            Finish(instance, state);
            return;
        }

        if (code is not null)
            log.Turn(state.Row, code, isFirst: state.History.Count == 0);
        if (result.Record.Status.Failure is { } failure)
            InstanceFailed(logger, state.Row.Name, state.Row.Id, failure.ErrorType, failure.Message);
        var cancelled = result.CancelledTimers.Select(timer => Timers.Remove(instance.Key, timer)).OfType<long>();
        var record = result.Record with { CancelledTimers = [.. cancelled], Acquits = Trials.IsSuspect(instance.Key) };
        Store.Submit(new CommitTurn(
            record, () => Finish(instance, record.Status.IsTerminal ? null : result.Next), error => CommitFailed(instance, state.Row.Id, error)));
    }

    /// <param name="row">The instance.</param>
    /// <param name="refusal">Why its code must not run; null when it may.</param>
    public Session NewSession(InstanceRow row, Failure? refusal = null) => new(scopes.CreateScope(), services => new(
        row.Id, row.CustomStatus, environment, (name, version) => registry.FindOrchestrator(name, version)?.Invoke(services))
    {
        Refusal = refusal,
    });

    private bool IsFailed(string instanceId) => Store.Reader.Find(instanceId) is { Status: OrchestrationRuntimeStatus.Failed };

    private InstanceState? Load(LiveInstance instance)
    {
        if (instance.State is { } state)
            return state;
        if (Store.Reader.Find(instance.Key) is not { Quarantine: null } row)
            return null;
        var history = row.NextSequence == 0 ? [] : Store.Reader.History(instance.Key);
        return history.Count == row.NextSequence
            ? new(row, history)
            : throw new DamagedRowException($"The history has {history.Count} events and should have {row.NextSequence}.");
    }

    private List<Message> Take(LiveInstance instance)
    {
        lock (gate)
        {
            // A rewind takes a turn of its own, before all else.
            var rewind = instance.Mailbox.FindIndex(message => message.Event is ExecutionRewound);
            var (from, count) = rewind >= 0 ? (rewind, 1) : (0, Math.Min(instance.Mailbox.Count, MaxMessagesPerTurn));
            var taken = instance.Mailbox.GetRange(from, count);
            instance.Mailbox.RemoveRange(from, count);
            return taken;
        }
    }

    /// <summary>Keeps messages that came before the start of their instance, which is scheduled for later.</summary>
    private void PutBack(LiveInstance instance, List<Message> messages)
    {
        lock (gate)
        {
            var started = instance.Mailbox.Any(message => message.Event is ExecutionStarted);
            instance.Mailbox.InsertRange(0, messages);
            instance.IsBusy = false;
            if (started)
                Schedule(instance);
        }
    }

    /// <summary>Keeps messages until another one comes, or another host.</summary>
    private void Hold(LiveInstance instance, List<Message> messages)
    {
        lock (gate)
        {
            var more = instance.Mailbox.Count > 0;
            instance.Mailbox.InsertRange(0, messages);
            instance.IsBusy = false;
            if (more)
                Schedule(instance);
        }
    }

    private async Task RepeatLaterAsync(LiveInstance instance, List<Message> messages)
    {
        await Task.Delay(ReadRetryDelay, time);
        lock (gate)
        {
            instance.Mailbox.InsertRange(0, messages);
            instance.IsBusy = false;
            Schedule(instance);
        }
    }

    private void Finish(LiveInstance instance, InstanceState? next)
    {
        Trials.Acquit(instance.Key);
        lock (gate)
        {
            instance.IsBusy = false;
            if (next is null)
            {
                if (instances.GetValueOrDefault(instance.Key) == instance)
                    instances.Remove(instance.Key);
                cache.Evict(instance);
                return;
            }

            foreach (var evicted in cache.Keep(instance, next).Where(evicted => evicted.Mailbox.Count == 0))
                instances.Remove(evicted.Key);
            Schedule(instance);
        }
    }

    private void CommitFailed(LiveInstance instance, string instanceId, Exception error)
    {
        Forget(instance.Key);
        instance.EndSession();
        if (error is StoreException)
            TurnDiscarded(logger, instanceId, error.Message);
        else
            Quarantine(instance.Key, error);
    }

    /// <summary>Stops running an instance that cannot be run, and marks it so.</summary>
    public void Quarantine(long key, Exception error)
    {
        Forget(key);
        if (Store.Reader.Find(key)?.Id is not { } id)
            return;
        Quarantined(logger, id, error);
        Store.Submit(new QuarantineInstance(key, id, error.Message));
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Instance {InstanceId} cannot be run and is quarantined; the others run on")]
    private static partial void Quarantined(ILogger logger, string instanceId, Exception error);

    [LoggerMessage(Level = LogLevel.Error, Message = "The store cannot be read ({Error}); the turn is repeated")]
    private static partial void ReadFailed(ILogger logger, string error);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Instance {InstanceId} waits for a host of its version: {Reason}")]
    private static partial void HeldByVersion(ILogger logger, string instanceId, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "The host's filter failed on instance {InstanceId}")]
    private static partial void FilterFailed(ILogger logger, string instanceId, Exception error);

    [LoggerMessage(Level = LogLevel.Information, Message = "Instance {InstanceId} waits: the host's filter does not let it run")]
    private static partial void HeldByFilter(ILogger logger, string instanceId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A turn of instance {InstanceId} was discarded: {Reason}")]
    private static partial void TurnDiscarded(ILogger logger, string instanceId, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Count} late or repeated messages to instance {InstanceId} had no receiver")]
    private static partial void NoReceiver(ILogger logger, int count, string instanceId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Orchestration {Name} ({InstanceId}) failed: {ErrorType}: {Error}")]
    private static partial void InstanceFailed(ILogger logger, string name, string instanceId, string errorType, string error);
}
