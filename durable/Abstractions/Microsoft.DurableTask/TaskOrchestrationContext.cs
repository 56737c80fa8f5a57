using System.Collections.Immutable;
using Microsoft.DurableTask.Abstractions;
using Microsoft.DurableTask.Entities;
using Microsoft.Extensions.Logging;

namespace Microsoft.DurableTask;

/// <summary>
/// What an orchestrator may use of the world: every member gives the same answer on each replay. Members are used on the orchestrator's
/// own thread of control only; elsewhere they throw <see cref="InvalidOperationException"/>.
/// </summary>
public abstract class TaskOrchestrationContext
{
    private ReplaySafeLoggerFactory? _replaySafe;

    /// <summary>The name of the orchestrator.</summary>
    public abstract TaskName Name { get; }

    /// <summary>The id of this instance.</summary>
    public abstract string InstanceId { get; }

    /// <summary>The orchestration that called this one; <c>null</c> when a client started it.</summary>
    public abstract ParentOrchestrationInstance? Parent { get; }

    /// <summary>The time at which the present turn began, UTC, as recorded in the history.</summary>
    public abstract DateTime CurrentUtcDateTime { get; }

    /// <summary>Whether the code that runs now has run before and is only being caught up with its history.</summary>
    public abstract bool IsReplaying { get; }

    /// <summary>The version of this instance; empty when there is none.</summary>
    public virtual string Version => string.Empty;

    /// <summary>Settings of the host that concern this orchestration; empty when there are none.</summary>
    public virtual IReadOnlyDictionary<string, object?> Properties => ImmutableDictionary<string, object?>.Empty;

    /// <summary>Durable entities.</summary>
    /// <exception cref="NotSupportedException">The host has none; the embedded host has none.</exception>
    public virtual TaskOrchestrationEntityFeature Entities => throw new NotSupportedException($"{GetType()} does not support durable entities.");

    /// <summary>Makes loggers that are silent during replay.</summary>
    public virtual ILoggerFactory ReplaySafeLoggerFactory => ReplaySafeLoggers;

    /// <summary>The host's logger factory, which knows nothing of replay.</summary>
    protected abstract ILoggerFactory LoggerFactory { get; }

    private ReplaySafeLoggerFactory ReplaySafeLoggers => _replaySafe ??= new(this, () => LoggerFactory);

    /// <summary>The input of this instance.</summary>
    /// <typeparam name="T">Its type.</typeparam>
    /// <returns>The input, or the default when there is none.</returns>
    public abstract T? GetInput<T>();

    /// <summary>Calls an activity for its effect.</summary>
    /// <param name="name">The activity.</param>
    /// <param name="input">Its input.</param>
    /// <param name="options">Retries and tags.</param>
    /// <returns>Completes with the activity; fails with <see cref="TaskFailedException"/>.</returns>
    public virtual Task CallActivityAsync(TaskName name, object? input = default, TaskOptions? options = default) =>
        CallActivityAsync<object>(name, input, options);

    /// <summary>Calls an activity without input for its effect.</summary>
    /// <param name="name">The activity.</param>
    /// <param name="options">Retries and tags.</param>
    /// <returns>Completes with the activity; fails with <see cref="TaskFailedException"/>.</returns>
    public virtual Task CallActivityAsync(TaskName name, TaskOptions options) => CallActivityAsync(name, null, options);

    /// <summary>Calls an activity without input.</summary>
    /// <typeparam name="TResult">The type of its result.</typeparam>
    /// <param name="name">The activity.</param>
    /// <param name="options">Retries and tags.</param>
    /// <returns>Its result; fails with <see cref="TaskFailedException"/>.</returns>
    public virtual Task<TResult> CallActivityAsync<TResult>(TaskName name, TaskOptions options) =>
        CallActivityAsync<TResult>(name, null, options);

    /// <summary>Calls an activity. It runs at least once: after a crash it may run again.</summary>
    /// <typeparam name="TResult">The type of its result.</typeparam>
    /// <param name="name">The activity.</param>
    /// <param name="input">Its input.</param>
    /// <param name="options">Retries and tags.</param>
    /// <returns>Its result; fails with <see cref="TaskFailedException"/>.</returns>
    public abstract Task<TResult> CallActivityAsync<TResult>(TaskName name, object? input = default, TaskOptions? options = default);

    /// <summary>Starts a durable timer. The instance does not complete while a timer that is not cancelled is open.</summary>
    /// <param name="delay">How long it runs, from <see cref="CurrentUtcDateTime"/>.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <returns>Completes when the time is over; cancelled with the token.</returns>
    public virtual Task CreateTimer(TimeSpan delay, CancellationToken cancellationToken) =>
        CreateTimer(CurrentUtcDateTime.Add(delay), cancellationToken);

    /// <summary>Starts a durable timer. The instance does not complete while a timer that is not cancelled is open.</summary>
    /// <param name="fireAt">When it ends, UTC; a past time ends at once.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <returns>Completes when the time has come; cancelled with the token.</returns>
    public abstract Task CreateTimer(DateTime fireAt, CancellationToken cancellationToken);

    /// <summary>Waits for an event. One that came before and that nobody took completes it at once.</summary>
    /// <typeparam name="T">The type of its payload.</typeparam>
    /// <param name="eventName">The name of the event, without regard to case.</param>
    /// <param name="cancellationToken">Ends the wait; a later event is kept for the next one.</param>
    /// <returns>The payload.</returns>
    public abstract Task<T> WaitForExternalEvent<T>(string eventName, CancellationToken cancellationToken = default);

    /// <summary>Waits for an event for a limited time.</summary>
    /// <typeparam name="T">The type of its payload.</typeparam>
    /// <param name="eventName">The name of the event, without regard to case.</param>
    /// <param name="timeout">How long to wait, by a durable timer.</param>
    /// <returns>The payload; <see cref="TaskCanceledException"/> when the time is over.</returns>
    public Task<T> WaitForExternalEvent<T>(string eventName, TimeSpan timeout) =>
        WaitForExternalEvent<T>(eventName, timeout, CancellationToken.None);

    /// <summary>Waits for an event for a limited time.</summary>
    /// <typeparam name="T">The type of its payload.</typeparam>
    /// <param name="eventName">The name of the event, without regard to case.</param>
    /// <param name="timeout">How long to wait, by a durable timer.</param>
    /// <param name="cancellationToken">Ends the wait; a later event is kept for the next one.</param>
    /// <returns>The payload; <see cref="TaskCanceledException"/> when the time is over or the token is cancelled.</returns>
    public async Task<T> WaitForExternalEvent<T>(string eventName, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var timerCancellation = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var eventCancellation = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);

        // The timer goes first: histories record the two in this order.
        var timer = CreateTimer(timeout, timerCancellation.Token);
        var wait = WaitForExternalEvent<T>(eventName, eventCancellation.Token);
        var loser = await Task.WhenAny(timer, wait) == wait ? timerCancellation : eventCancellation;
        loser.Cancel();
        return await wait;
    }

    /// <summary>Sends an event to another instance. It is dropped when there is none.</summary>
    /// <param name="instanceId">The instance.</param>
    /// <param name="eventName">The name of the event.</param>
    /// <param name="payload">Its payload.</param>
    public abstract void SendEvent(string instanceId, string eventName, object payload);

    /// <summary>Sets what clients see of this instance while it runs; at most 16 KB as JSON.</summary>
    /// <param name="customStatus">The status; <c>null</c> clears it.</param>
    public abstract void SetCustomStatus(object? customStatus);

    /// <summary>Calls another orchestrator.</summary>
    /// <typeparam name="TResult">The type of its result.</typeparam>
    /// <param name="orchestratorName">The orchestrator.</param>
    /// <param name="input">Its input.</param>
    /// <param name="options">Retries and tags; a <see cref="SubOrchestrationOptions"/> names the instance.</param>
    /// <returns>Its result; fails with <see cref="TaskFailedException"/>.</returns>
    public abstract Task<TResult> CallSubOrchestratorAsync<TResult>(
        TaskName orchestratorName, object? input = default, TaskOptions? options = default);

    /// <summary>Calls another orchestrator without input.</summary>
    /// <typeparam name="TResult">The type of its result.</typeparam>
    /// <param name="orchestratorName">The orchestrator.</param>
    /// <param name="options">Retries and tags; a <see cref="SubOrchestrationOptions"/> names the instance.</param>
    /// <returns>Its result; fails with <see cref="TaskFailedException"/>.</returns>
    public virtual Task<TResult> CallSubOrchestratorAsync<TResult>(TaskName orchestratorName, TaskOptions options) =>
        CallSubOrchestratorAsync<TResult>(orchestratorName, null, options);

    /// <summary>Calls another orchestrator without input for its effect.</summary>
    /// <param name="orchestratorName">The orchestrator.</param>
    /// <param name="options">Retries and tags; a <see cref="SubOrchestrationOptions"/> names the instance.</param>
    /// <returns>Completes with it; fails with <see cref="TaskFailedException"/>.</returns>
    public virtual Task CallSubOrchestratorAsync(TaskName orchestratorName, TaskOptions options) =>
        CallSubOrchestratorAsync(orchestratorName, null, options);

    /// <summary>Calls another orchestrator for its effect.</summary>
    /// <param name="orchestratorName">The orchestrator.</param>
    /// <param name="input">Its input.</param>
    /// <param name="options">Retries and tags; a <see cref="SubOrchestrationOptions"/> names the instance.</param>
    /// <returns>Completes with it; fails with <see cref="TaskFailedException"/>.</returns>
    public virtual Task CallSubOrchestratorAsync(TaskName orchestratorName, object? input = default, TaskOptions? options = default) =>
        CallSubOrchestratorAsync<object>(orchestratorName, input, options);

    /// <summary>Begins anew, with an empty history, when the orchestrator returns.</summary>
    /// <param name="newInput">The input of the next generation.</param>
    /// <param name="preserveUnprocessedEvents">Whether events that nobody has taken yet go to it; default <c>true</c>.</param>
    public abstract void ContinueAsNew(object? newInput = default, bool preserveUnprocessedEvents = true);

    /// <summary>Begins anew, with an empty history, when the orchestrator returns.</summary>
    /// <param name="options">The input and the version of the next generation.</param>
    /// <exception cref="NotSupportedException">A new version is asked for, and the host cannot change it.</exception>
    public virtual void ContinueAsNew(ContinueAsNewOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (!string.IsNullOrEmpty(options.NewVersion))
            throw new NotSupportedException($"{GetType()} cannot change the version of an orchestration: leave {nameof(options.NewVersion)} empty.");
        ContinueAsNew(options.NewInput, options.PreserveUnprocessedEvents);
    }

    /// <summary>A new GUID, the same on each replay.</summary>
    /// <returns>The GUID.</returns>
    public abstract Guid NewGuid();

    /// <summary>Makes a logger that is silent during replay.</summary>
    /// <param name="categoryName">Its category.</param>
    /// <returns>The logger.</returns>
    public virtual ILogger CreateReplaySafeLogger(string categoryName) => ReplaySafeLoggers.CreateLogger(categoryName);

    /// <summary>Makes a logger that is silent during replay.</summary>
    /// <param name="type">The type that names its category.</param>
    /// <returns>The logger.</returns>
    public virtual ILogger CreateReplaySafeLogger(Type type) => ReplaySafeLoggers.CreateLogger(type);

    /// <summary>Makes a logger that is silent during replay.</summary>
    /// <typeparam name="T">The type that names its category.</typeparam>
    /// <returns>The logger.</returns>
    public virtual ILogger CreateReplaySafeLogger<T>() => ReplaySafeLoggers.CreateLogger<T>();

    /// <summary>Compares the version of this instance with another.</summary>
    /// <param name="version">The other version.</param>
    /// <returns>Below 0, 0 or above 0 as this one comes before, is, or comes after it.</returns>
    public virtual int CompareVersionTo(string version) => TaskOrchestrationVersioningUtils.CompareVersions(Version, version);
}
