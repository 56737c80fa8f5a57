using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.TestKit;

namespace Orchestrator.Cluster.Tests.Kubernetes;

/// <summary>Reads that a watch answers, against an API server whose every answer is written here.</summary>
public sealed class ResourceCacheTests : IAsyncLifetime
{
    private const string Bookmark = """{"type":"BOOKMARK","object":{"metadata":{"resourceVersion":"7"}}}""" + "\n";
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    private readonly AcceleratedTime time = new(factor: 100);
    private FakeApiServer server = null!;
    private Resources resources = null!;
    private ResourceCache cache = null!;
    private Func<HttpContext, int, Task> watch = async (http, _) =>
    {
        await FakeApiServer.SayAsync(http, Bookmark);
        await FakeApiServer.HangAsync(http);
    };

    private Func<HttpContext, int, Task> list = (http, _) => FakeApiServer.SendAsync(http, List(7, [Settings("foo", 1, 5), Settings("bar", 1, 6)]));
    private int watches;
    private int lists;

    private string[] Reads => [.. server.Asked.Where(asked => !asked.Contains("watch=true", StringComparison.Ordinal))];

    public async Task InitializeAsync()
    {
        server = await FakeApiServer.StartAsync((http, _) => http.Request.Query.ContainsKey("watch") ? watch(http, ++watches) : list(http, ++lists));
        resources = new(server.Configuration, time, new() { Silence = TimeSpan.FromMinutes(5), RequestsPerSecond = 1000 });
        cache = new(resources, time);
    }

    public async Task DisposeAsync()
    {
        cache.Dispose();
        resources.Dispose();
        await server.DisposeAsync();
    }

    [Fact]
    public async Task A_thousand_reads_of_all_namespaces_cost_one_list_and_one_watch()
    {
        await Parallel.ForAsync(0, 1000, async (number, _) => Assert.Equal(1, await SizeAsync(number % 2 == 0 ? "foo" : "bar")));

        Assert.Equal(["GET /api/v1/configmaps?limit=500"], Reads);
        Assert.Equal((1, 2), ((await ListAsync("foo")).Count, (await ListAsync(null)).Count));
        Assert.Equal((0, false), ((await ListAsync("none")).Count, (await GetAsync("foo", "others")) is not null));
        await Eventually.Async(() => watches == 1, Deadline, "the watch to begin");
    }

    [Fact]
    public async Task What_is_read_is_the_readers_own_and_lacks_the_managed_fields()
    {
        var read = (await GetAsync("foo"))!;
        read["data"]!["size"] = 9;

        Assert.Equal((1, "ConfigMap", "5"), (await SizeAsync("foo"), (string?)read["kind"], (string?)read["metadata"]!["resourceVersion"]));
        Assert.Equal((null, "idle"), (read["metadata"]!["managedFields"], (string?)read["status"]));
    }

    [Fact]
    public async Task Changes_are_heard_of_and_told()
    {
        var says = Later();
        Assert.Equal(1, await SizeAsync("foo"));
        var (foo, bar, others) = (cache.ChangedAsync("foo"), cache.ChangedAsync("bar"), cache.ChangedAsync("others"));

        // The second event tells nothing new: watches may tell something again.
        says.SetResult(Event("MODIFIED", Settings("foo", 2, 8)) + Event("MODIFIED", Settings("others", 1, 6)) + Event("DELETED", Settings("bar", 1, 9)));
        await Task.WhenAll(foo, bar, others).WaitAsync(Deadline);

        Assert.Equal((2, null, 2), (await SizeAsync("foo"), await GetAsync("bar"), (await ListAsync(null)).Count));
        Assert.Single(Reads);
    }

    [Fact]
    public async Task A_change_of_status_alone_is_heard_of_and_not_told()
    {
        var says = Later();
        Assert.Equal(1, await SizeAsync("foo"));
        var (foo, bar) = (cache.ChangedAsync("foo"), cache.ChangedAsync("bar"));

        says.SetResult(Event("MODIFIED", Settings("foo", 1, 8, status: "busy")) + Event("MODIFIED", Settings("bar", 2, 9)));
        await bar.WaitAsync(Deadline);

        var read = (await GetAsync("foo"))!;
        Assert.Equal(("8", "busy", false), ((string?)read["metadata"]!["resourceVersion"], (string?)read["status"], foo.IsCompleted));
    }

    [Fact]
    public async Task A_watch_that_falls_silent_has_everything_read_again()
    {
        list = (http, number) => FakeApiServer.SendAsync(
            http, number == 1 ? List(7, [Settings("foo", 1, 5), Settings("bar", 1, 6)]) : List(9, [Settings("foo", 2, 8)]));
        Assert.Equal(1, await SizeAsync("foo"));
        var (foo, bar) = (cache.ChangedAsync("foo"), cache.ChangedAsync("bar"));

        await Task.WhenAll(foo, bar).WaitAsync(Deadline);

        Assert.Equal((2, null), (await SizeAsync("foo"), await GetAsync("bar")));
    }

    [Fact]
    public async Task A_list_that_grows_old_on_the_way_is_read_whole()
    {
        list = (http, number) => number switch
        {
            1 => FakeApiServer.SendAsync(http, List(7, [Settings("gone", 1, 5)], more: "next")),
            2 => FakeApiServer.SendAsync(http, """{"kind":"Status","code":410,"reason":"Expired"}""", 410),
            _ => FakeApiServer.SendAsync(http, List(8, [Settings("foo", 2, 8)])),
        };

        Assert.Equal((2, null), (await SizeAsync("foo"), await GetAsync("gone")));
        Assert.Equal(["GET /api/v1/configmaps?limit=500", "GET /api/v1/configmaps?limit=500&continue=next", "GET /api/v1/configmaps"], Reads);
    }

    [Fact]
    public async Task Streams_that_end_without_a_word_are_silence_too()
    {
        list = (http, number) => FakeApiServer.SendAsync(http, List(7, [Settings("foo", number, 5 + number)]));
        watch = (http, _) => FakeApiServer.SendAsync(http, "");

        await Eventually.Async(async () => await SizeAsync("foo") > 1, Deadline, "everything to be read again");

        Assert.True(watches > lists, $"{watches} watches, {lists} lists");
    }

    [Theory]
    [InlineData(403)]
    [InlineData(404)]
    public async Task Where_a_kind_cannot_be_watched_the_server_is_asked_until_it_can(int refusal)
    {
        var isAllowed = false;
        list = (http, _) => http.Request.Path.Value!.Contains("/namespaces/", StringComparison.Ordinal)
            ? FakeApiServer.SendAsync(http, Settings("foo", 3, 5))
            : isAllowed ? FakeApiServer.SendAsync(http, List(7, [Settings("foo", 4, 6)])) : FakeApiServer.SendAsync(http, "{}", refusal);

        Assert.Equal((3, 3), (await SizeAsync("foo"), await SizeAsync("foo")));
        Assert.Equal(2, Reads.Count(read => read.EndsWith("/namespaces/foo/configmaps/settings", StringComparison.Ordinal)));

        isAllowed = true;
        await Eventually.Async(async () => await SizeAsync("foo") == 4, Deadline, "the kind to be watched");
    }

    [Fact]
    public async Task A_watch_that_nobody_reads_from_ends_and_begins_again_with_the_next_read()
    {
        var ended = new TaskCompletionSource();
        watch = async (http, _) =>
        {
            while (!http.RequestAborted.IsCancellationRequested)
            {
                await FakeApiServer.SayAsync(http, Bookmark);
                await Task.WhenAny(Task.Delay(100, http.RequestAborted));
            }

            ended.TrySetResult();
        };
        Assert.Equal(1, await SizeAsync("foo"));

        await ended.Task.WaitAsync(Deadline);

        Assert.Equal((1, 2), (await SizeAsync("foo"), lists));
    }

    /// <summary>What the watch says when the test wants it to.</summary>
    private TaskCompletionSource<string> Later()
    {
        var says = new TaskCompletionSource<string>();
        watch = async (http, _) =>
        {
            await FakeApiServer.SayAsync(http, await says.Task);
            await FakeApiServer.HangAsync(http);
        };
        return says;
    }

    private Task<JsonObject?> GetAsync(string ns, string name = "settings") => cache.GetAsync(ResourceType.ConfigMap, ns, name, default);

    private Task<IReadOnlyList<JsonObject>> ListAsync(string? ns) => cache.ListAsync(ResourceType.ConfigMap, ns, null, default);

    private async Task<int?> SizeAsync(string ns) => (int?)(await GetAsync(ns))?["data"]!["size"];

    private static string List(int version, string[] items, string more = "") =>
        $$"""{"metadata":{"resourceVersion":"{{version}}","continue":"{{more}}"},"items":[{{string.Join(',', items)}}]}""";

    private static string Event(string type, string obj) => $$"""{"type":"{{type}}","object":{{obj}}}""" + "\n";

    private static string Settings(string ns, int size, int version, string status = "idle") => $$$"""
        {"kind":"ConfigMap","metadata":{"name":"settings","namespace":"{{{ns}}}","resourceVersion":"{{{version}}}","managedFields":[{"manager":"x"}]},"data":{"size":{{{size}}}},"status":"{{{status}}}"}
        """.ReplaceLineEndings("");
}
