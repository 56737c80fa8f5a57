namespace Microsoft.DurableTask.Client;

/// <summary>Which instances of the same id stand in the way of a start.</summary>
public static class StartOrchestrationOptionsExtensions
{
    /// <summary>The statuses that <see cref="WithDedupeStatuses"/> is meant for.</summary>
    public static readonly IReadOnlyList<OrchestrationRuntimeStatus> ValidDedupeStatuses =
    [
        OrchestrationRuntimeStatus.Completed,
        OrchestrationRuntimeStatus.Failed,
        OrchestrationRuntimeStatus.Terminated,
#pragma warning disable CS0618 // stores of other hosts may still have it
        OrchestrationRuntimeStatus.Canceled,
#pragma warning restore CS0618
        OrchestrationRuntimeStatus.Pending,
        OrchestrationRuntimeStatus.Running,
        OrchestrationRuntimeStatus.Suspended,
    ];

    /// <summary>
    /// These options, with which the start fails when the id is taken by an instance in one of the statuses; in any other it is replaced.
    /// </summary>
    /// <param name="options">The options.</param>
    /// <param name="dedupeStatuses">The statuses; none: every instance is replaced.</param>
    /// <returns>The options.</returns>
    public static StartOrchestrationOptions WithDedupeStatuses(
        this StartOrchestrationOptions options, params OrchestrationRuntimeStatus[] dedupeStatuses) =>
        options with { DedupeStatuses = [.. dedupeStatuses.Select(status => status.ToString())] };
}
