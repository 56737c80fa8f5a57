namespace Microsoft.DurableTask.Client;

/// <summary>What a purge has removed.</summary>
public class PurgeResult
{
    /// <summary>Makes the result of a purge of which it is not known whether it is complete.</summary>
    /// <param name="count">How many instances are gone.</param>
    public PurgeResult(int count)
        : this(count, null)
    {
    }

    /// <summary>Makes the result of a purge.</summary>
    /// <param name="count">How many instances are gone.</param>
    /// <param name="isComplete">Whether none is left; <c>null</c> when not known.</param>
    public PurgeResult(int count, bool? isComplete)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        PurgedInstanceCount = count;
        IsComplete = isComplete;
    }

    /// <summary>How many instances are gone.</summary>
    public int PurgedInstanceCount { get; }

    /// <summary>Whether none is left; <c>null</c> when not known.</summary>
    public bool? IsComplete { get; }
}
