namespace Microsoft.DurableTask.Client.Entities;

/// <summary>Which durable entities to list.</summary>
public record EntityQuery
{
    /// <summary>How many entities a page has unless the query says otherwise.</summary>
    public const int DefaultPageSize = 100;

    /// <summary>Whose id begins with this.</summary>
    public string? InstanceIdStartsWith { get; init; }

    /// <summary>Changed at this time or later.</summary>
    public DateTimeOffset? LastModifiedFrom { get; init; }

    /// <summary>Changed at this time or earlier.</summary>
    public DateTimeOffset? LastModifiedTo { get; init; }

    /// <summary>Whether the states are wanted; default <c>true</c>.</summary>
    public bool IncludeState { get; init; } = true;

    /// <summary>Whether entities without state are wanted; default <c>false</c>.</summary>
    public bool IncludeTransient { get; init; }

    /// <summary>How many a page has; <c>null</c>: <see cref="DefaultPageSize"/>.</summary>
    public int? PageSize { get; init; }

    /// <summary>Where to go on, from an earlier page.</summary>
    public string? ContinuationToken { get; init; }
}
