using Microsoft.DurableTask;

namespace Orchestrator.Durable.Abstractions.Tests;

public sealed class PageableTests
{
    [Fact]
    public async Task Enumerating_walks_through_all_pages()
    {
        var pageable = Pageable.Create(Fetch);

        List<int> all = [];
        await foreach (var value in pageable)
            all.Add(value);

        Assert.Equal([0, 1, 2, 3, 4], all);
    }

    [Fact]
    public async Task Pages_go_on_where_a_token_says_and_have_the_size_asked_for()
    {
        List<Page<int>> pages = [];
        await foreach (var page in Pageable.Create(Fetch).AsPages("1", 3))
            pages.Add(page);

        Assert.Equal([[1, 2, 3], [4]], pages.Select(page => page.Values));
        Assert.Null(pages[^1].ContinuationToken);
    }

    private static Task<Page<int>> Fetch(string? continuation, int? size, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var from = int.Parse(continuation ?? "0", System.Globalization.CultureInfo.InvariantCulture);
        var values = Enumerable.Range(0, 5).Skip(from).Take(size ?? 2).ToArray();
        var next = from + values.Length;
        return Task.FromResult(new Page<int>(values, next < 5 ? $"{next}" : null));
    }
}
