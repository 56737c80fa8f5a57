namespace Microsoft.DurableTask.Entities;

/// <summary>Options of a signal to an entity.</summary>
public record SignalEntityOptions
{
    /// <summary>Not before this time; <c>null</c>: at once.</summary>
    public DateTimeOffset? SignalTime { get; init; }
}
