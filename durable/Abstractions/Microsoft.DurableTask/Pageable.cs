using System.Runtime.CompilerServices;

namespace Microsoft.DurableTask;

/// <summary>Makes an <see cref="AsyncPageable{T}"/> of a function that fetches one page.</summary>
public static class Pageable
{
    /// <summary>A pageable over a function that takes a continuation token.</summary>
    /// <typeparam name="T">The type of an item.</typeparam>
    /// <param name="pageFunc">Fetches the page at a continuation token.</param>
    /// <returns>The pageable.</returns>
    public static AsyncPageable<T> Create<T>(Func<string?, CancellationToken, Task<Page<T>>> pageFunc)
        where T : notnull
    {
        ArgumentNullException.ThrowIfNull(pageFunc);
        return Create<T>((continuation, _, cancellation) => pageFunc(continuation, cancellation));
    }

    /// <summary>A pageable over a function that takes a continuation token and a page size.</summary>
    /// <typeparam name="T">The type of an item.</typeparam>
    /// <param name="pageFunc">Fetches the page at a continuation token.</param>
    /// <returns>The pageable.</returns>
    public static AsyncPageable<T> Create<T>(Func<string?, int?, CancellationToken, Task<Page<T>>> pageFunc)
        where T : notnull
    {
        ArgumentNullException.ThrowIfNull(pageFunc);
        return new FunctionPageable<T>(pageFunc);
    }

    private sealed class FunctionPageable<T>(Func<string?, int?, CancellationToken, Task<Page<T>>> fetch) : AsyncPageable<T>
        where T : notnull
    {
        public override IAsyncEnumerable<Page<T>> AsPages(string? continuationToken = default, int? pageSizeHint = default) =>
            FetchAll(continuationToken, pageSizeHint);

        private async IAsyncEnumerable<Page<T>> FetchAll(
            string? continuation, int? pageSize, [EnumeratorCancellation] CancellationToken cancellation = default)
        {
            do
            {
                // On the caller's context: it may be an orchestrator, whose pages come from activities.
                var page = await fetch(continuation, pageSize, cancellation);
                yield return page;
                continuation = page.ContinuationToken;
            }
            while (continuation is not null);
        }
    }
}
