using Microsoft.DurableTask.Client;
using Orchestrator.Durable.Engine.History;

namespace Orchestrator.Durable.Engine.Store;

/// <summary>A row of <c>instances</c>: what is known of an instance without its history.</summary>
internal sealed record InstanceRow(long Key, string Id, string ExecutionId, string Name, string Version, OrchestrationRuntimeStatus Status)
{
    public required DateTime Created { get; init; }

    public required DateTime Updated { get; init; }

    /// <summary>The number that the next history event gets; 0 until the first turn of an execution.</summary>
    public required int NextSequence { get; init; }

    public string? ParentId { get; init; }

    public string? ParentExecutionId { get; init; }

    public int? ParentTaskId { get; init; }

    public string? Tags { get; init; }

    public string? CustomStatus { get; init; }

    public string? Output { get; init; }

    public string? Failure { get; init; }

    /// <summary>Why the engine stopped running the instance, or null.</summary>
    public string? Quarantine { get; init; }

    public bool IsTerminal => Status.IsTerminal();
}

/// <summary>An instance to be created, with the event that starts it.</summary>
internal sealed record NewInstance(long Key, string Id, ExecutionStarted Start);

/// <summary>The status row as a turn leaves it.</summary>
internal sealed record StatusUpdate(long Key, string ExecutionId, int FromSequence, int NextSequence, OrchestrationRuntimeStatus Status, DateTime Now)
{
    public required string Version { get; init; }

    /// <summary>The execution that follows this one, when the orchestrator continued as new.</summary>
    public string? NextExecutionId { get; init; }

    public string? CustomStatus { get; init; }

    public string? Output { get; init; }

    public Failure? Failure { get; init; }

    public bool IsTerminal => Status.IsTerminal();
}

/// <summary>An event as it is stored, with its checksum.</summary>
internal readonly record struct EncodedRow(byte[] Data, uint Crc)
{
    public static EncodedRow From(HistoryEvent @event, long instance, long position)
    {
        var data = HistoryCodec.Encode(@event);
        return new(data, HistoryCodec.Checksum(instance, position, data));
    }

    /// <exception cref="DamagedRowException">The checksum does not match.</exception>
    public void Verify(long instance, long position, string what)
    {
        if (HistoryCodec.Checksum(instance, position, Data) != Crc)
            throw new DamagedRowException($"{what} is damaged: its checksum does not match.");
    }

    /// <exception cref="DamagedRowException">The checksum does not match, or the data cannot be read.</exception>
    public HistoryEvent Decode(long instance, long position, string what)
    {
        Verify(instance, position, what);
        try
        {
            return HistoryCodec.Decode(Data);
        }
        catch (System.Text.Json.JsonException e)
        {
            throw new DamagedRowException($"{what} cannot be read: {e.Message}", e);
        }
    }
}

/// <summary>
/// An event on its way into an instance. <paramref name="Id"/> is its inbox row, or 0 for an activity's result, which travels in memory because the
/// outbox row of the activity (<paramref name="Activity"/>, its history sequence) stays until the turn that consumes the result.
/// </summary>
/// <param name="Id">The inbox row.</param>
/// <param name="Instance">The key of the receiver.</param>
/// <param name="ExecutionId">The only execution that may consume it; null for any.</param>
/// <param name="Due">Not before this time; null for at once.</param>
/// <param name="Event">What happened.</param>
/// <param name="Activity">The history sequence of the activity that this answers.</param>
internal sealed record Message(long Id, long Instance, string? ExecutionId, DateTime? Due, HistoryEvent Event, int? Activity = null);

/// <summary>An activity to run: the outbox row and the history event it points to.</summary>
internal sealed record ScheduledActivity(long Instance, string InstanceId, string ExecutionId, int Sequence, TaskScheduled Task);

internal static class RuntimeStatusExtensions
{
    extension(OrchestrationRuntimeStatus status)
    {
        public bool IsTerminal() =>
            status is OrchestrationRuntimeStatus.Completed or OrchestrationRuntimeStatus.Failed or OrchestrationRuntimeStatus.Terminated;
    }
}
