using System.Globalization;
using Microsoft.DurableTask;
using Microsoft.Extensions.Logging;
using Orchestrator.Durable.Engine.History;

namespace Orchestrator.Durable.Engine.Replay;

/// <summary>What an orchestrator's code sees of its execution.</summary>
internal sealed class OrchestrationContext(string instanceId, OrchestrationExecution execution) : TaskOrchestrationContext
{
    private int guids;

    public override TaskName Name => Started.Name;

    public override string InstanceId => instanceId;

    public override string Version => Started.Version;

    public override ParentOrchestrationInstance? Parent => Started.Parent is { } parent ? new(parent.Name, parent.InstanceId) : null;

    public override DateTime CurrentUtcDateTime => OnThread().Now;

    public override bool IsReplaying => execution.IsReplaying;

    protected override ILoggerFactory LoggerFactory => execution.Environment.Loggers;

    private ExecutionStarted Started => execution.Started!;

    public override T? GetInput<T>()
        where T : default => execution.Environment.Payloads.Converter.Deserialize<T>(OnThread().Started!.Input);

    public override Task<TResult> CallActivityAsync<TResult>(TaskName name, object? input = default, TaskOptions? options = default)
    {
        OnThread();
        ThrowIfOptions(input);
        var payload = Serialize(input, $"The input of activity '{name}'");
        var version = options?.Version?.Version ?? Started.Version;
        return Retries.Call(this, execution, options?.Retry, () => Result<TResult>(execution.Schedule(Create)));

        TaskScheduled Create(int id) => new(id, name)
        {
            Timestamp = execution.Now,
            Input = payload,
            Version = version,
            Tags = Copy(options?.Tags),
        };
    }

    public override Task<TResult> CallSubOrchestratorAsync<TResult>(
        TaskName orchestratorName, object? input = default, TaskOptions? options = default)
    {
        OnThread();
        ThrowIfOptions(input);
        var payload = Serialize(input, $"The input of sub-orchestrator '{orchestratorName}'");
        // Chosen once, so that a repeated call takes the place of the one that failed.
        var child = (options as SubOrchestrationOptions)?.InstanceId ?? NewGuid().ToString("N");
        var version = options?.Version?.Version ?? execution.Environment.DefaultVersion;
        return Retries.Call(this, execution, options?.Retry, () => Result<TResult>(execution.Schedule(Create)));

        SubOrchestrationCreated Create(int id) => new(id, orchestratorName, child)
        {
            Timestamp = execution.Now,
            Input = payload,
            Version = version,
            Tags = Copy(options?.Tags),
        };
    }

    public override async Task CreateTimer(DateTime fireAt, CancellationToken cancellationToken)
    {
        OnThread();
        var due = fireAt.ToUniversalTime();
        while (due - execution.Now > execution.Environment.MaximumTimerInterval && !cancellationToken.IsCancellationRequested)
            await Timer(execution.Now + execution.Environment.MaximumTimerInterval, cancellationToken);
        await Timer(due, cancellationToken);
    }

    public override Task<T> WaitForExternalEvent<T>(string eventName, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(eventName);
        return OnThread().ExternalEvents.Wait<T>(eventName, cancellationToken);
    }

    public override void SendEvent(string instanceId, string eventName, object payload)
    {
        ArgumentException.ThrowIfNullOrEmpty(instanceId);
        ArgumentException.ThrowIfNullOrEmpty(eventName);
        OnThread();
        var data = Serialize(payload, $"The payload of event '{eventName}'");
        execution.Record(id => new EventSent(id, instanceId, eventName, data) { Timestamp = execution.Now });
    }

    public override void SetCustomStatus(object? customStatus) => OnThread().CustomStatus = Serialize(customStatus, "The custom status");

    public override void ContinueAsNew(object? newInput = default, bool preserveUnprocessedEvents = true) =>
        ContinueAsNew(newInput, preserveUnprocessedEvents, null);

    public override void ContinueAsNew(ContinueAsNewOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ContinueAsNew(options.NewInput, options.PreserveUnprocessedEvents, options.NewVersion);
    }

    public override Guid NewGuid()
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"{instanceId}_{OnThread().Now:o}_{guids++}");
        return NameBasedGuid.Create(name);
    }

    private void ContinueAsNew(object? newInput, bool preserveUnprocessedEvents, string? newVersion) =>
        OnThread().ContinueAsNew = new(Serialize(newInput, "The input of the next execution"), preserveUnprocessedEvents, newVersion);

    private Task Timer(DateTime fireAt, CancellationToken cancellationToken) =>
        execution.Schedule(id => new TimerCreated(id, fireAt) { Timestamp = execution.Now }, cancellationToken);

    private async Task<TResult> Result<TResult>(Task<string?> payload) =>
        execution.Environment.Payloads.Converter.Deserialize<TResult>(await payload)!;

    private string? Serialize(object? value, string what) => execution.Environment.Payloads.Serialize(value, what);

    private OrchestrationExecution OnThread()
    {
        execution.EnsureOnThread();
        return execution;
    }

    private static void ThrowIfOptions(object? input)
    {
        if (input is TaskOptions)
            throw new ArgumentException("Task options were passed as the input: pass them as the parameter 'options'.", nameof(input));
    }

    private static Dictionary<string, string>? Copy(IDictionary<string, string>? tags) => tags is { Count: > 0 } ? new(tags) : null;
}
