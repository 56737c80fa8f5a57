using System.ComponentModel;
using DurableTask.Core.History;
using Microsoft.DurableTask.Client.Entities;
using Microsoft.DurableTask.Internal;

namespace Microsoft.DurableTask.Client;

/// <summary>Starts, watches and steers orchestrations from outside. Safe for use by many threads.</summary>
/// <param name="name">The name of the client.</param>
public abstract class DurableTaskClient(string name) : IOrchestrationSubmitter, IAsyncDisposable
{
    /// <summary>The name of the client.</summary>
    public string Name { get; } = name;

    /// <summary>Durable entities.</summary>
    /// <exception cref="NotSupportedException">The host has none; the embedded host has none.</exception>
    public virtual DurableEntityClient Entities => throw new NotSupportedException($"{GetType()} does not support durable entities.");

    /// <summary>Starts an orchestration without input.</summary>
    /// <param name="orchestratorName">The orchestrator.</param>
    /// <param name="cancellation">Cancels the request, not the orchestration.</param>
    /// <returns>The instance id.</returns>
    public virtual Task<string> ScheduleNewOrchestrationInstanceAsync(TaskName orchestratorName, CancellationToken cancellation) =>
        ScheduleNewOrchestrationInstanceAsync(orchestratorName, null, null, cancellation);

    /// <summary>Starts an orchestration under a new id.</summary>
    /// <param name="orchestratorName">The orchestrator.</param>
    /// <param name="input">Its input.</param>
    /// <param name="cancellation">Cancels the request, not the orchestration.</param>
    /// <returns>The instance id.</returns>
    public virtual Task<string> ScheduleNewOrchestrationInstanceAsync(
        TaskName orchestratorName, object? input, CancellationToken cancellation) =>
        ScheduleNewOrchestrationInstanceAsync(orchestratorName, input, null, cancellation);

    /// <summary>Starts an orchestration without input.</summary>
    /// <param name="orchestratorName">The orchestrator.</param>
    /// <param name="options">Id, time, tags and version.</param>
    /// <param name="cancellation">Cancels the request, not the orchestration.</param>
    /// <returns>The instance id.</returns>
    public virtual Task<string> ScheduleNewOrchestrationInstanceAsync(
        TaskName orchestratorName, StartOrchestrationOptions options, CancellationToken cancellation = default) =>
        ScheduleNewOrchestrationInstanceAsync(orchestratorName, null, options, cancellation);

    /// <summary>Starts an orchestration.</summary>
    /// <param name="orchestratorName">The orchestrator.</param>
    /// <param name="input">Its input.</param>
    /// <param name="options">Id, time, tags and version.</param>
    /// <param name="cancellation">Cancels the request, not the orchestration.</param>
    /// <returns>The instance id.</returns>
    /// <exception cref="global::DurableTask.Core.Exceptions.OrchestrationAlreadyExistsException">The id is taken.</exception>
    public abstract Task<string> ScheduleNewOrchestrationInstanceAsync(
        TaskName orchestratorName,
        object? input = default,
        StartOrchestrationOptions? options = default,
        CancellationToken cancellation = default);

    /// <summary>Sends an event without payload to an instance.</summary>
    /// <param name="instanceId">The instance.</param>
    /// <param name="eventName">The name of the event.</param>
    /// <param name="cancellation">Cancels the request.</param>
    /// <returns>Completes when the event is stored.</returns>
    public virtual Task RaiseEventAsync(string instanceId, string eventName, CancellationToken cancellation) =>
        RaiseEventAsync(instanceId, eventName, null, cancellation);

    /// <summary>Sends an event to an instance, which keeps it until it waits for it.</summary>
    /// <param name="instanceId">The instance.</param>
    /// <param name="eventName">The name of the event, without regard to case.</param>
    /// <param name="eventPayload">Its payload.</param>
    /// <param name="cancellation">Cancels the request.</param>
    /// <returns>Completes when the event is stored.</returns>
    public abstract Task RaiseEventAsync(
        string instanceId, string eventName, object? eventPayload = default, CancellationToken cancellation = default);

    /// <summary>Waits until an instance has begun.</summary>
    /// <param name="instanceId">The instance.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>The instance.</returns>
    public virtual Task<OrchestrationMetadata> WaitForInstanceStartAsync(string instanceId, CancellationToken cancellation) =>
        WaitForInstanceStartAsync(instanceId, false, cancellation);

    /// <summary>Waits until an instance has begun.</summary>
    /// <param name="instanceId">The instance.</param>
    /// <param name="getInputsAndOutputs">Whether the payloads are wanted.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>The instance.</returns>
    public abstract Task<OrchestrationMetadata> WaitForInstanceStartAsync(
        string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default);

    /// <summary>Waits until an instance has ended.</summary>
    /// <param name="instanceId">The instance.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>The instance.</returns>
    public virtual Task<OrchestrationMetadata> WaitForInstanceCompletionAsync(string instanceId, CancellationToken cancellation) =>
        WaitForInstanceCompletionAsync(instanceId, false, cancellation);

    /// <summary>Waits until an instance has ended.</summary>
    /// <param name="instanceId">The instance.</param>
    /// <param name="getInputsAndOutputs">Whether the payloads are wanted.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>The instance.</returns>
    public abstract Task<OrchestrationMetadata> WaitForInstanceCompletionAsync(
        string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default);

    /// <summary>Ends an instance.</summary>
    /// <param name="instanceId">The instance.</param>
    /// <param name="cancellation">Cancels the request.</param>
    /// <returns>Completes when the request is stored.</returns>
    public virtual Task TerminateInstanceAsync(string instanceId, CancellationToken cancellation) =>
        TerminateInstanceAsync(instanceId, (TerminateInstanceOptions?)null, cancellation);

    /// <summary>Ends an instance.</summary>
    /// <param name="instanceId">The instance.</param>
    /// <param name="output">What it shows as its result, usually the reason.</param>
    /// <param name="cancellation">Cancels the request.</param>
    /// <returns>Completes when the request is stored.</returns>
    public virtual Task TerminateInstanceAsync(string instanceId, object? output, CancellationToken cancellation = default) =>
        TerminateInstanceAsync(instanceId, output is null ? null : new TerminateInstanceOptions(output), cancellation);

    /// <summary>Ends an instance. Activities that run go on, and their results are dropped.</summary>
    /// <param name="instanceId">The instance.</param>
    /// <param name="options">What it shows as its result, and whether sub-orchestrations end too.</param>
    /// <param name="cancellation">Cancels the request.</param>
    /// <returns>Completes when the request is stored.</returns>
    public virtual Task TerminateInstanceAsync(
        string instanceId, TerminateInstanceOptions? options = default, CancellationToken cancellation = default) =>
        throw Unsupported("terminate");

    /// <summary>Holds an instance.</summary>
    /// <param name="instanceId">The instance.</param>
    /// <param name="cancellation">Cancels the request.</param>
    /// <returns>Completes when the request is stored.</returns>
    public virtual Task SuspendInstanceAsync(string instanceId, CancellationToken cancellation) =>
        SuspendInstanceAsync(instanceId, null, cancellation);

    /// <summary>Holds an instance until it is resumed; events are kept meanwhile.</summary>
    /// <param name="instanceId">The instance.</param>
    /// <param name="reason">Why.</param>
    /// <param name="cancellation">Cancels the request.</param>
    /// <returns>Completes when the request is stored.</returns>
    public abstract Task SuspendInstanceAsync(string instanceId, string? reason = default, CancellationToken cancellation = default);

    /// <summary>Lets a suspended instance go on.</summary>
    /// <param name="instanceId">The instance.</param>
    /// <param name="cancellation">Cancels the request.</param>
    /// <returns>Completes when the request is stored.</returns>
    public virtual Task ResumeInstanceAsync(string instanceId, CancellationToken cancellation) =>
        ResumeInstanceAsync(instanceId, null, cancellation);

    /// <summary>Lets a suspended instance go on.</summary>
    /// <param name="instanceId">The instance.</param>
    /// <param name="reason">Why.</param>
    /// <param name="cancellation">Cancels the request.</param>
    /// <returns>Completes when the request is stored.</returns>
    public abstract Task ResumeInstanceAsync(string instanceId, string? reason = default, CancellationToken cancellation = default);

    /// <summary>Gets an instance without its payloads.</summary>
    /// <param name="instanceId">The instance.</param>
    /// <param name="cancellation">Cancels the request.</param>
    /// <returns>The instance, or <c>null</c> when there is none.</returns>
    public virtual Task<OrchestrationMetadata?> GetInstanceAsync(string instanceId, CancellationToken cancellation) =>
        GetInstanceAsync(instanceId, false, cancellation);

    /// <summary>Gets an instance.</summary>
    /// <param name="instanceId">The instance.</param>
    /// <param name="getInputsAndOutputs">Whether the payloads are wanted.</param>
    /// <param name="cancellation">Cancels the request.</param>
    /// <returns>The instance, or <c>null</c> when there is none.</returns>
    public virtual Task<OrchestrationMetadata?> GetInstanceAsync(
        string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default) =>
        GetInstancesAsync(instanceId, getInputsAndOutputs, cancellation);

    /// <summary>The older name of <see cref="GetInstanceAsync(string, CancellationToken)"/>.</summary>
    /// <param name="instanceId">The instance.</param>
    /// <param name="cancellation">Cancels the request.</param>
    /// <returns>The instance, or <c>null</c> when there is none.</returns>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public virtual Task<OrchestrationMetadata?> GetInstancesAsync(string instanceId, CancellationToken cancellation) =>
        GetInstancesAsync(instanceId, false, cancellation);

    /// <summary>The older name of <see cref="GetInstanceAsync(string, bool, CancellationToken)"/>; a host implements this one.</summary>
    /// <param name="instanceId">The instance.</param>
    /// <param name="getInputsAndOutputs">Whether the payloads are wanted.</param>
    /// <param name="cancellation">Cancels the request.</param>
    /// <returns>The instance, or <c>null</c> when there is none.</returns>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public abstract Task<OrchestrationMetadata?> GetInstancesAsync(
        string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default);

    /// <summary>Lists instances.</summary>
    /// <param name="filter">Which; <c>null</c>: all.</param>
    /// <returns>The instances, page by page.</returns>
    public abstract AsyncPageable<OrchestrationMetadata> GetAllInstancesAsync(OrchestrationQuery? filter = default);

    /// <summary>Removes an ended instance and its history.</summary>
    /// <param name="instanceId">The instance.</param>
    /// <param name="cancellation">Cancels the request.</param>
    /// <returns>How many are gone: 0 when there is none or when it has not ended.</returns>
    public virtual Task<PurgeResult> PurgeInstanceAsync(string instanceId, CancellationToken cancellation) =>
        PurgeInstanceAsync(instanceId, null, cancellation);

    /// <summary>Removes an ended instance and its history.</summary>
    /// <param name="instanceId">The instance.</param>
    /// <param name="options">Whether sub-orchestrations go too.</param>
    /// <param name="cancellation">Cancels the request.</param>
    /// <returns>How many are gone: 0 when there is none or when it has not ended.</returns>
    public virtual Task<PurgeResult> PurgeInstanceAsync(
        string instanceId, PurgeInstanceOptions? options = default, CancellationToken cancellation = default) =>
        throw Unsupported("purge");

    /// <summary>Removes ended instances and their histories.</summary>
    /// <param name="filter">Which.</param>
    /// <param name="cancellation">Cancels the request.</param>
    /// <returns>How many are gone.</returns>
    public virtual Task<PurgeResult> PurgeAllInstancesAsync(PurgeInstancesFilter filter, CancellationToken cancellation) =>
        PurgeAllInstancesAsync(filter, null, cancellation);

    /// <summary>Removes ended instances and their histories.</summary>
    /// <param name="filter">Which.</param>
    /// <param name="options">Whether sub-orchestrations go too.</param>
    /// <param name="cancellation">Cancels the request.</param>
    /// <returns>How many are gone.</returns>
    public virtual Task<PurgeResult> PurgeAllInstancesAsync(
        PurgeInstancesFilter filter, PurgeInstanceOptions? options = default, CancellationToken cancellation = default) =>
        throw Unsupported("purge");

    /// <summary>Runs an ended instance once more, with the same name, input and tags.</summary>
    /// <param name="instanceId">The instance.</param>
    /// <param name="restartWithNewInstanceId">Whether it gets a new id; default <c>false</c>.</param>
    /// <param name="cancellation">Cancels the request.</param>
    /// <returns>The id of the new run.</returns>
    /// <exception cref="ArgumentException">There is no such instance.</exception>
    /// <exception cref="InvalidOperationException">It has not ended and should keep its id.</exception>
    public virtual Task<string> RestartAsync(
        string instanceId, bool restartWithNewInstanceId = false, CancellationToken cancellation = default) =>
        throw Unsupported("restart");

    /// <summary>Lets a failed instance go on from before its failure: what failed is tried again, what succeeded is kept.</summary>
    /// <param name="instanceId">The instance.</param>
    /// <param name="reason">Why.</param>
    /// <param name="cancellation">Cancels the request.</param>
    /// <returns>Completes when the request is stored.</returns>
    /// <exception cref="ArgumentException">There is no such instance.</exception>
    /// <exception cref="InvalidOperationException">It has not failed.</exception>
    public virtual Task RewindInstanceAsync(string instanceId, string reason, CancellationToken cancellation = default) =>
        throw Unsupported("rewind");

    /// <summary>The history of an instance's current execution, for people and tools: what it shows may change from version to version.</summary>
    /// <param name="instanceId">The instance.</param>
    /// <param name="cancellation">Cancels the request.</param>
    /// <returns>The events in order.</returns>
    /// <exception cref="ArgumentException">There is no such instance.</exception>
    public virtual Task<IList<HistoryEvent>> GetOrchestrationHistoryAsync(string instanceId, CancellationToken cancellation = default) =>
        throw Unsupported("show the history of");

    /// <summary>Lists the ids of instances, page by page.</summary>
    /// <param name="runtimeStatus">In one of these statuses; <c>null</c>: in any.</param>
    /// <param name="completedTimeFrom">Ended at this time or later.</param>
    /// <param name="completedTimeTo">Ended at this time or earlier.</param>
    /// <param name="pageSize">How many a page has at most; default 100.</param>
    /// <param name="lastInstanceKey">Where to go on, from <see cref="Page{T}.ContinuationToken"/>; <c>null</c> starts at the beginning.</param>
    /// <param name="cancellation">Cancels the request.</param>
    /// <returns>A page; it has a continuation token when there may be more.</returns>
    public virtual Task<Page<string>> ListInstanceIdsAsync(
        IEnumerable<OrchestrationRuntimeStatus>? runtimeStatus = default,
        DateTimeOffset? completedTimeFrom = default,
        DateTimeOffset? completedTimeTo = default,
        int pageSize = OrchestrationQuery.DefaultPageSize,
        string? lastInstanceKey = default,
        CancellationToken cancellation = default) =>
        throw Unsupported("list the ids of");

    /// <summary>Releases what the client holds.</summary>
    /// <returns>Completes when that is done.</returns>
    public abstract ValueTask DisposeAsync();

    private NotSupportedException Unsupported(string verb) => new($"{GetType()} cannot {verb} instances.");
}
