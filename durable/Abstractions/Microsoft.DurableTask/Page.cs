namespace Microsoft.DurableTask;

/// <summary>One page of a query.</summary>
/// <typeparam name="T">The type of an item.</typeparam>
/// <param name="values">The items of the page.</param>
/// <param name="continuationToken">Where the next page begins; <c>null</c> on the last page.</param>
public sealed class Page<T>(IReadOnlyList<T> values, string? continuationToken = default)
    where T : notnull
{
    /// <summary>The items of the page.</summary>
    public IReadOnlyList<T> Values { get; } = values ?? throw new ArgumentNullException(nameof(values));

    /// <summary>Where the next page begins; <c>null</c> on the last page.</summary>
    public string? ContinuationToken { get; } = continuationToken;
}
