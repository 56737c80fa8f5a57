namespace Microsoft.DurableTask;

/// <summary>A query whose results arrive page by page. Enumerate it for the items, or <see cref="AsPages"/> for the pages.</summary>
/// <typeparam name="T">The type of an item.</typeparam>
public abstract class AsyncPageable<T> : IAsyncEnumerable<T>
    where T : notnull
{
    /// <summary>The pages, one request each.</summary>
    /// <param name="continuationToken">Where to go on, from <see cref="Page{T}.ContinuationToken"/>; <c>null</c> starts at the beginning.</param>
    /// <param name="pageSizeHint">How many items a page should have; <c>null</c> leaves it to the query.</param>
    /// <returns>The pages in order.</returns>
    public abstract IAsyncEnumerable<Page<T>> AsPages(string? continuationToken = default, int? pageSizeHint = default);

    /// <summary>Enumerates the items of all pages.</summary>
    /// <param name="cancellationToken">Ends the enumeration.</param>
    /// <returns>The enumerator.</returns>
    public async IAsyncEnumerator<T> GetAsyncEnumerator(CancellationToken cancellationToken = default)
    {
        await foreach (var page in AsPages().WithCancellation(cancellationToken))
        {
            foreach (var value in page.Values)
                yield return value;
        }
    }
}
