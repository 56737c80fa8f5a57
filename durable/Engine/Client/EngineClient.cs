using System.Collections.Frozen;
using DurableTask.Core.Exceptions;
using Grpc.Core;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Orchestrator.Durable.Engine.History;
using Orchestrator.Durable.Engine.Store;

namespace Orchestrator.Durable.Engine.Client;

/// <summary>The client of the engine in the same process. What it acknowledges is on the disk.</summary>
internal sealed class EngineClient(DurableEngine engine, ClientSettings settings) : DurableTaskClient(settings.Name)
{
    private const int PurgeBatch = 100;
    private readonly PayloadSerializer payloads = new(settings.Converter, engine.Options.MaxPayloadBytes);

    public EngineClient(DurableEngine engine)
        : this(engine, new("default", engine.Options.DataConverter, engine.Options.DefaultVersion))
    {
    }

    public override async Task<string> ScheduleNewOrchestrationInstanceAsync(
        TaskName orchestratorName, object? input = default, StartOrchestrationOptions? options = default, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(orchestratorName.Name, nameof(orchestratorName));
        cancellation.ThrowIfCancellationRequested();
        var id = options?.InstanceId ?? Guid.NewGuid().ToString("N");
        ThrowIfInvalid(id);
        var start = new ExecutionStarted(orchestratorName, Guid.NewGuid().ToString("N"))
        {
            Timestamp = Now,
            Input = payloads.Serialize(input, $"The input of orchestration '{orchestratorName}'"),
            Version = options?.Version?.Version ?? settings.DefaultVersion,
            Tags = options?.Tags is { Count: > 0 } tags ? tags : null,
            StartAt = options?.StartAt?.UtcDateTime,
        };
        await StartAsync(id, start, Reuse.Conflicts(options?.DedupeStatuses, engine.Options.RejectContradictoryDedupeStatuses));
        return id;
    }

    public override async Task RaiseEventAsync(
        string instanceId, string eventName, object? eventPayload = default, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(instanceId);
        ArgumentException.ThrowIfNullOrEmpty(eventName);
        var payload = payloads.Serialize(eventPayload, $"The payload of event '{eventName}'");
        var raised = new EventRaised(eventName, payload) { Timestamp = Now };
        await SendAsync(instanceId, raised, status => !status.IsTerminal(), StatusCode.FailedPrecondition, "receive events", cancellation);
    }

    public override async Task TerminateInstanceAsync(
        string instanceId, TerminateInstanceOptions? options = default, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(instanceId);
        var output = payloads.Serialize(options?.Output, "The output");
        var terminated = new ExecutionTerminated { Timestamp = Now, Output = output, Recurse = options?.Recursive ?? false };
        await SendAsync(instanceId, terminated, status => !status.IsTerminal(), StatusCode.FailedPrecondition, "be terminated", cancellation);
    }

    public override async Task SuspendInstanceAsync(string instanceId, string? reason = default, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(instanceId);
        var suspended = new ExecutionSuspended(reason) { Timestamp = Now };
        await SendAsync(
            instanceId,
            suspended,
            status => !engine.Options.RejectRedundantSuspendAndResume || (!status.IsTerminal() && status is not OrchestrationRuntimeStatus.Suspended),
            StatusCode.Unknown,
            "be suspended",
            cancellation);
    }

    public override async Task ResumeInstanceAsync(string instanceId, string? reason = default, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(instanceId);
        var resumed = new ExecutionResumed(reason) { Timestamp = Now };
        await SendAsync(
            instanceId,
            resumed,
            status => !engine.Options.RejectRedundantSuspendAndResume || status is OrchestrationRuntimeStatus.Suspended,
            StatusCode.Unknown,
            "be resumed",
            cancellation);
    }

    public override Task<OrchestrationMetadata> WaitForInstanceStartAsync(
        string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default) =>
        WaitAsync(instanceId, row => row.Status is not OrchestrationRuntimeStatus.Pending, getInputsAndOutputs, cancellation);

    public override Task<OrchestrationMetadata> WaitForInstanceCompletionAsync(
        string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default) =>
        WaitAsync(instanceId, row => row.IsTerminal, getInputsAndOutputs, cancellation);

    public override Task<OrchestrationMetadata?> GetInstancesAsync(
        string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(instanceId);
        cancellation.ThrowIfCancellationRequested();
        var reader = engine.Store.Reader;
        while (reader.Find(instanceId) is { } row)
        {
            // One that is replaced between the reads of its row and of its input is read anew.
            var instance = ToMetadata(row, getInputsAndOutputs);
            if (!getInputsAndOutputs || instance.SerializedInput is not null || reader.Find(row.Key) is not null)
                return Task.FromResult<OrchestrationMetadata?>(instance);
        }

        return Task.FromResult<OrchestrationMetadata?>(null);
    }

    public override AsyncPageable<OrchestrationMetadata> GetAllInstancesAsync(OrchestrationQuery? filter = default)
    {
        filter ??= new();
        return Pageable.Create((continuation, pageSize, cancellation) =>
        {
            cancellation.ThrowIfCancellationRequested();
            var size = pageSize ?? filter.PageSize;
            var rows = engine.Store.Reader.List(new()
            {
                CreatedFrom = filter.CreatedFrom?.UtcDateTime,
                CreatedTo = filter.CreatedTo?.UtcDateTime,
                Statuses = filter.Statuses?.ToArray(),
                IdPrefix = filter.InstanceIdPrefix,
                AfterKey = ContinuationToken.Parse(continuation ?? filter.ContinuationToken),
                Count = size > 0 ? size : OrchestrationQuery.DefaultPageSize,
            });
            var next = rows.Count == size ? ContinuationToken.Format(rows[^1].Key) : null;
            var readable = filter.FetchInputsAndOutputs;
            var show = readable || engine.Options.ListPayloads;
            return Task.FromResult(new Page<OrchestrationMetadata>([.. rows.Select(row => ToMetadata(row, show, readable))], next));
        });
    }

    public override async Task<PurgeResult> PurgeInstanceAsync(
        string instanceId, PurgeInstanceOptions? options = default, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(instanceId);
        cancellation.ThrowIfCancellationRequested();
        var purged = await engine.Store.RunAsync(new PurgeInstance(instanceId, options?.Recursive ?? false));
        return new(purged.Count, true);
    }

    public override async Task<PurgeResult> PurgeAllInstancesAsync(
        PurgeInstancesFilter filter, PurgeInstanceOptions? options = default, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(filter);
        var purge = new PurgeFilter(
            filter.CreatedFrom?.UtcDateTime ?? DateTime.MinValue, filter.CreatedTo?.UtcDateTime ?? DateTime.MaxValue, filter.Statuses?.ToArray());
        var began = engine.Time.GetTimestamp();
        var count = 0;
        // In batches, so that running instances get their commits in between.
        for (var after = 0L; ;)
        {
            cancellation.ThrowIfCancellationRequested();
            var purged = await engine.Store.RunAsync(new PurgeInstances(purge, options?.Recursive ?? false, after, PurgeBatch));
            count += purged.Count;
            if (purged.LastKey is not { } last)
                return new(count, true);
            if (filter.Timeout is { } timeout && engine.Time.GetElapsedTime(began) >= timeout)
                return new(count, false);
            after = last;
        }
    }

    public override async Task<string> RestartAsync(
        string instanceId, bool restartWithNewInstanceId = false, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(instanceId);
        cancellation.ThrowIfCancellationRequested();
        if (engine.Store.Reader.Find(instanceId) is not { } row)
            throw NotFound(instanceId);
        if (!row.IsTerminal)
            throw new InvalidOperationException($"Instance '{instanceId}' is {row.Status}: only an instance that has ended can be restarted.");
        var former = engine.Store.Reader.Start(row.Key)
            ?? throw new InvalidOperationException($"Instance '{instanceId}' never started, so that its input is not known: start it anew.");
        var start = former with { ExecutionId = Guid.NewGuid().ToString("N"), Timestamp = Now, Parent = null, StartAt = null };
        var id = restartWithNewInstanceId ? Guid.NewGuid().ToString("N") : instanceId;
        await StartAsync(id, start, Reuse.Live);
        return id;
    }

    public override async Task RewindInstanceAsync(string instanceId, string reason, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(instanceId);
        cancellation.ThrowIfCancellationRequested();
        var rewound = new ExecutionRewound(reason) { Timestamp = Now };
        var status = await engine.Store.RunAsync(new SendMessage(instanceId, rewound, IsFailed))
            ?? throw NotFound(instanceId);
        if (!IsFailed(status))
            throw new InvalidOperationException($"Instance '{instanceId}' is {status}: only a failed instance can be rewound.");

        static bool IsFailed(OrchestrationRuntimeStatus status) => status is OrchestrationRuntimeStatus.Failed;
    }

    public override Task<IList<DurableTask.Core.History.HistoryEvent>> GetOrchestrationHistoryAsync(
        string instanceId, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(instanceId);
        cancellation.ThrowIfCancellationRequested();
        var reader = engine.Store.Reader;
        var row = reader.Find(instanceId) ?? throw NotFound(instanceId);
        return Task.FromResult(PublicHistory.Of(row, reader.History(row.Key)));
    }

    public override Task<Page<string>> ListInstanceIdsAsync(
        IEnumerable<OrchestrationRuntimeStatus>? runtimeStatus = default,
        DateTimeOffset? completedTimeFrom = default,
        DateTimeOffset? completedTimeTo = default,
        int pageSize = OrchestrationQuery.DefaultPageSize,
        string? lastInstanceKey = default,
        CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(pageSize);
        cancellation.ThrowIfCancellationRequested();
        var rows = engine.Store.Reader.List(new()
        {
            CompletedFrom = completedTimeFrom?.UtcDateTime,
            CompletedTo = completedTimeTo?.UtcDateTime,
            Statuses = runtimeStatus?.ToArray(),
            AfterKey = ContinuationToken.Parse(lastInstanceKey),
            Count = pageSize,
        });
        var next = rows.Count == pageSize ? ContinuationToken.Format(rows[^1].Key) : null;
        return Task.FromResult(new Page<string>([.. rows.Select(row => row.Id)], next));
    }

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private DateTime Now => engine.Time.GetUtcNow().UtcDateTime;

    private async Task StartAsync(string id, ExecutionStarted start, FrozenSet<OrchestrationRuntimeStatus> conflicts)
    {
        var store = engine.Store;
        if (await store.RunAsync(new StartInstance(new(store.Keys.NextInstance(), id, start), conflicts, Now)) is { } status)
        {
            throw new OrchestrationAlreadyExistsException(
                $"An orchestration instance '{id}' already exists and is {status}: use another instance id, or wait for its end or terminate it.");
        }
    }

    private async Task SendAsync(
        string instanceId,
        HistoryEvent @event,
        Func<OrchestrationRuntimeStatus, bool> allowed,
        StatusCode refusal,
        string verb,
        CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var status = await engine.Store.RunAsync(new SendMessage(instanceId, @event, allowed));
        if (status is null)
            throw new RpcException(new(StatusCode.NotFound, $"There is no orchestration instance '{instanceId}'."));
        if (!allowed(status.Value))
            throw new RpcException(new(refusal, $"Instance '{instanceId}' is {status} and cannot {verb}."));
    }

    private async Task<OrchestrationMetadata> WaitAsync(
        string instanceId, Predicate<InstanceRow> reached, bool getInputsAndOutputs, CancellationToken cancellation)
    {
        ArgumentException.ThrowIfNullOrEmpty(instanceId);
        cancellation.ThrowIfCancellationRequested();
        var store = engine.Store;
        try
        {
            return ToMetadata(await engine.Watch.WaitAsync(instanceId, store.Reader.Find, reached, cancellation), getInputsAndOutputs);
        }
        catch (TaskCanceledException e)
        {
            // The genuine client throws the base type, which callers compare with.
            throw new OperationCanceledException($"The wait for instance '{instanceId}' was cancelled.", e, cancellation);
        }
    }

    private OrchestrationMetadata ToMetadata(InstanceRow row, bool readable) => ToMetadata(row, readable, readable);

    /// <param name="row">The instance.</param>
    /// <param name="show">Whether its payloads are to be seen as text.</param>
    /// <param name="readable">Whether they are to be read as objects too.</param>
    private OrchestrationMetadata ToMetadata(InstanceRow row, bool show, bool readable) => new(row.Name, row.Id)
    {
        RuntimeStatus = row.Status,
        CreatedAt = row.Created,
        LastUpdatedAt = row.Updated,
        Tags = row.Tags is { } tags ? HistoryCodec.DecodeTags(tags) : System.Collections.Immutable.ImmutableDictionary<string, string>.Empty,
        FailureDetails = FailureOf(row, show),
        DataConverter = readable ? payloads.Converter : null,
        SerializedInput = show ? Input(row) : null,
        SerializedOutput = show ? row.Output : null,
        SerializedCustomStatus = show ? row.CustomStatus : null,
    };

    // That an instance is out of order is no payload: it is always shown.
    private static TaskFailureDetails? FailureOf(InstanceRow row, bool show) => row switch
    {
        { Failure: { } failure } => show ? HistoryCodec.DecodeFailure(failure).ToDetails() : null,
        { Quarantine: { } quarantine } => new("Quarantined", quarantine, null, null, null),
        _ => null,
    };

    private string? Input(InstanceRow row)
    {
        try
        {
            return engine.Store.Reader.Start(row.Key)?.Input;
        }
        catch (DamagedRowException)
        {
            return null;
        }
    }

    private static ArgumentException NotFound(string instanceId) =>
        new($"An orchestration with the instanceId {instanceId} was not found.", nameof(instanceId));

    private static void ThrowIfInvalid(string instanceId)
    {
        if (instanceId.Length is 0 or > 256 || instanceId[0] == '@' || instanceId.Any(char.IsControl))
        {
            throw new ArgumentException(
                $"'{instanceId}' cannot be an instance id: use 1 to 256 characters, none of them a control character, the first no '@'.",
                nameof(instanceId));
        }
    }
}
