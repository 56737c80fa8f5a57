namespace Microsoft.DurableTask.Client;

/// <summary>Which ended instances to purge.</summary>
/// <param name="CreatedFrom">Started at this time or later.</param>
/// <param name="CreatedTo">Started at this time or earlier.</param>
/// <param name="Statuses">In one of these statuses; <c>null</c>: in any in which an instance has ended.</param>
public record PurgeInstancesFilter(
    DateTimeOffset? CreatedFrom = default, DateTimeOffset? CreatedTo = default, IEnumerable<OrchestrationRuntimeStatus>? Statuses = default)
{
    /// <summary>How long the purge may take before it answers with what it has done; <c>null</c>: no limit.</summary>
    public TimeSpan? Timeout { get; init; }
}
