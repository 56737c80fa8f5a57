namespace Microsoft.DurableTask.Client.Entities;

/// <summary>What to clean up in the storage of durable entities.</summary>
public readonly record struct CleanEntityStorageRequest
{
    /// <summary>Everything.</summary>
    public static CleanEntityStorageRequest Default => new() { RemoveEmptyEntities = true, ReleaseOrphanedLocks = true };

    /// <summary>Whether entities without state go.</summary>
    public bool RemoveEmptyEntities { get; init; }

    /// <summary>Whether locks of ended orchestrations are released.</summary>
    public bool ReleaseOrphanedLocks { get; init; }

    /// <summary>Where to go on, from an earlier result.</summary>
    public string? ContinuationToken { get; init; }
}

/// <summary>What a clean-up did.</summary>
public readonly record struct CleanEntityStorageResult
{
    /// <summary>How many entities are gone.</summary>
    public int EmptyEntitiesRemoved { get; init; }

    /// <summary>How many locks were released.</summary>
    public int OrphanedLocksReleased { get; init; }

    /// <summary>Where to go on; <c>null</c> when all is done.</summary>
    public string? ContinuationToken { get; init; }
}
