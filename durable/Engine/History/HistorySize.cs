namespace Orchestrator.Durable.Engine.History;

/// <summary>Estimates the memory of a history.</summary>
internal static class HistorySize
{
    private const int BytesPerEvent = 160;

    public static long Of(IReadOnlyList<HistoryEvent> history)
    {
        var bytes = 0L;
        foreach (var @event in history)
            bytes += BytesPerEvent + (2L * Payload(@event));
        return bytes;
    }

    private static int Payload(HistoryEvent @event) => @event switch
    {
        ExecutionStarted e => e.Input?.Length ?? 0,
        TaskScheduled e => e.Input?.Length ?? 0,
        TaskCompleted e => e.Output?.Length ?? 0,
        SubOrchestrationCreated e => e.Input?.Length ?? 0,
        SubOrchestrationCompleted e => e.Output?.Length ?? 0,
        EventSent e => e.Input?.Length ?? 0,
        EventRaised e => e.Input?.Length ?? 0,
        _ => 0,
    };
}
