using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.TestKit;

namespace Orchestrator.Cluster.Tests.Kubernetes;

/// <summary>A wait outlives every way in which its watch can end.</summary>
public sealed class WatchTests
{
    private const string Lists = "lists";
    private const double Factor = 20;

    [Fact]
    public async Task A_watch_that_the_server_closes_goes_on_from_what_was_seen_last()
    {
        var asked = await WaitAsync(async (http, watch) =>
        {
            await FakeApiServer.SayAsync(http, watch == 1 ? Event("MODIFIED", 1, 8) : watch == 2 ? Bookmark(12) : Event("MODIFIED", 2, 13));
        });

        Assert.Equal([Lists, "7", "8", "12"], asked);
    }

    [Fact]
    public async Task A_watch_that_is_cut_within_a_line_goes_on_from_what_was_seen_last()
    {
        var asked = await WaitAsync(async (http, watch) =>
        {
            if (watch > 1)
            {
                await FakeApiServer.SayAsync(http, Event("MODIFIED", 2, 9));
                return;
            }

            await FakeApiServer.SayAsync(http, $"{Event("MODIFIED", 1, 8)}{{\"type\":\"MODIF");
            http.Abort();
        });

        // What the cut took along may be the first event too.
        Assert.Contains(string.Join(' ', asked), (string[])[$"{Lists} 7 8", $"{Lists} 7 7"]);
    }

    [Theory]
    [InlineData("""{"type":"ERROR","object":{"kind":"Status","code":410,"reason":"Expired"}}""")]
    [InlineData("""{"type":"ERROR","object":{"kind":"Status","code":500}}""")]
    public async Task A_watch_that_is_too_old_begins_with_reading_again(string error)
    {
        var asked = await WaitAsync((http, watch) => FakeApiServer.SayAsync(http, watch == 1 ? $"{error}\n" : Event("MODIFIED", 2, 9)));

        Assert.Equal([Lists, "7", Lists, "7"], asked);
    }

    [Fact]
    public async Task A_watch_that_is_refused_as_too_old_begins_with_reading_again()
    {
        var asked = await WaitAsync((http, watch) => watch == 1
            ? FakeApiServer.SendAsync(http, """{"kind":"Status","code":410,"reason":"Gone"}""", 410)
            : FakeApiServer.SayAsync(http, Event("MODIFIED", 2, 9)));

        Assert.Equal([Lists, "7", Lists, "7"], asked);
    }

    [Fact]
    public async Task A_watch_that_falls_silent_is_left_and_the_object_read_again()
    {
        var asked = await WaitAsync(async (http, watch) =>
        {
            await FakeApiServer.SayAsync(http, watch == 1 ? Event("MODIFIED", 1, 8) : Event("MODIFIED", 2, 9));
            await FakeApiServer.HangAsync(http);
        }, silence: TimeSpan.FromSeconds(1));

        Assert.Equal([Lists, "7", Lists, "7"], asked);
    }

    [Fact]
    public async Task A_watch_that_cannot_be_opened_for_a_while_is_opened_later()
    {
        var asked = await WaitAsync((http, watch) => watch <= 2
            ? FakeApiServer.SendAsync(http, "{}", watch == 1 ? 429 : 503)
            : FakeApiServer.SayAsync(http, Event("MODIFIED", 2, 9)));

        Assert.Equal([Lists, "7", "7", "7"], asked);
    }

    /// <summary>Waits for size 2 of an object that has size 1 when it is read, at version 7.</summary>
    /// <param name="watch">What the server answers to which watch, counted from 1.</param>
    /// <param name="silence">How long a watch may say nothing, by the clock on the wall; longer than the wait where that is not the matter.</param>
    /// <returns>What the server was asked: a list, or a watch from a version.</returns>
    private static async Task<string[]> WaitAsync(Func<HttpContext, int, Task> watch, TimeSpan? silence = null)
    {
        var watches = 0;
        await using var server = await FakeApiServer.StartAsync((http, _) => http.Request.Query.ContainsKey("watch")
            ? watch(http, ++watches)
            : FakeApiServer.SendAsync(http, $$"""{"metadata":{"resourceVersion":"7"},"items":[{{Settings(1, 7)}}]}"""));
        using var resources = new Resources(server.Configuration, new AcceleratedTime(Factor), new() { Silence = Factor * (silence ?? TimeSpan.FromMinutes(2)) });

        var found = await resources.WaitForAsync(ResourceType.ConfigMap, "foo", "settings", IsTwo, TimeSpan.FromMinutes(20), default);

        Assert.True(IsTwo(found), "the wait ended at its limit");
        return [.. server.Asked.Select(asked => asked.Split("resourceVersion=") is [_, var rest] ? rest.Split('&')[0] : Lists)];
    }

    private static bool IsTwo(JsonObject? settings) => settings.Number("data", "size") == 2;

    private static string Event(string type, int size, int version) => $$"""{"type":"{{type}}","object":{{Settings(size, version)}}}""" + "\n";

    private static string Bookmark(int version) => $$$"""{"type":"BOOKMARK","object":{"metadata":{"resourceVersion":"{{{version}}}"} } }""" + "\n";

    private static string Settings(int size, int version) =>
        $$$"""{"kind":"ConfigMap","metadata":{"name":"settings","resourceVersion":"{{{version}}}"},"data":{"size": {{{size}}} } }""";
}
