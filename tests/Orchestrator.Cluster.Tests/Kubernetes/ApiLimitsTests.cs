using System.Collections.Concurrent;
using System.Net;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.TestKit;

namespace Orchestrator.Cluster.Tests.Kubernetes;

/// <summary>An API server that is busy, slow or silent: it is not pressed, and nobody waits for ever.</summary>
public sealed class ApiLimitsTests
{
    private const string Settings = """{"kind":"ConfigMap","metadata":{"name":"settings","resourceVersion":"7"}}""";

    [Theory]
    [InlineData("40", 40)]
    [InlineData("date", 30)]
    public async Task The_server_says_when_it_is_asked_again(string retryAfter, int seconds)
    {
        var time = new AcceleratedTime(200);
        ConcurrentQueue<DateTimeOffset> asked = new();
        await using var server = await FakeApiServer.StartAsync((http, number) =>
        {
            asked.Enqueue(time.GetUtcNow());
            http.Response.Headers.RetryAfter = retryAfter == "date" ? time.GetUtcNow().AddSeconds(40).ToString("R") : retryAfter;
            return number == 1 ? FakeApiServer.SendAsync(http, "{}", 429) : FakeApiServer.SendAsync(http, Settings);
        });
        using var resources = new Resources(server.Configuration, time, new() { RetryAfter = TimeSpan.FromMinutes(1) });

        Assert.NotNull(await resources.GetAsync(ResourceType.ConfigMap, "foo", "settings", default));

        Assert.Equal(2, asked.Count);
        Assert.True(asked.Last() - asked.First() >= TimeSpan.FromSeconds(seconds), $"asked again after {asked.Last() - asked.First()}");
    }

    [Fact]
    public async Task A_server_that_wants_an_hour_is_not_waited_for()
    {
        await using var server = await FakeApiServer.StartAsync((http, _) =>
        {
            http.Response.Headers.RetryAfter = "3600";
            return FakeApiServer.SendAsync(http, "{}", 503);
        });
        using var resources = new Resources(server.Configuration, TimeProvider.System);

        var refused = await Assert.ThrowsAsync<ResourceException>(() => resources.GetAsync(ResourceType.ConfigMap, "foo", "settings", default));

        Assert.Equal((HttpStatusCode.ServiceUnavailable, TimeSpan.FromHours(1)), (refused.StatusCode, refused.RetryAfter));
        Assert.Single(server.Asked);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_call_without_an_answer_is_repeated_and_then_given_up_with_its_name(bool hasBegun)
    {
        await using var server = await FakeApiServer.StartAsync(async (http, _) =>
        {
            if (hasBegun)
            {
                await FakeApiServer.SayAsync(http, "{");
            }

            await FakeApiServer.HangAsync(http);
        });
        using var resources = new Resources(server.Configuration, new AcceleratedTime(100), new() { Call = TimeSpan.FromMilliseconds(200) });

        var tired = await Assert.ThrowsAsync<TimeoutException>(() => resources.GetAsync(ResourceType.ConfigMap, "foo", "settings", default));

        Assert.Equal("GET /api/v1/namespaces/foo/configmaps/settings: no answer in 0.2 s. Check that the API server is reachable.", tired.Message);
        Assert.Equal(4, server.Asked.Count);
    }

    [Fact]
    public async Task Beyond_its_rate_a_caller_waits_and_the_server_does_not_hear_of_it()
    {
        await using var server = await FakeApiServer.StartAsync((http, _) => FakeApiServer.SendAsync(http, Settings));
        using var resources = new Resources(server.Configuration, TimeProvider.System, new() { RequestsPerSecond = 0.001, Burst = 2 });
        using var patience = new CancellationTokenSource();

        await resources.GetAsync(ResourceType.ConfigMap, "foo", "settings", default);
        await resources.GetAsync(ResourceType.ConfigMap, "foo", "settings", default);
        var third = resources.GetAsync(ResourceType.ConfigMap, "foo", "settings", patience.Token);

        Assert.False(third.IsCompleted);
        await patience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => third);
        Assert.Equal(2, server.Asked.Count);
    }

    [Fact]
    public async Task A_list_whose_pages_grew_old_is_read_again_in_one()
    {
        static string Page(string name, string more) =>
            $$$"""{"metadata":{"resourceVersion":"7","continue":"{{{more}}}"},"items":[{"metadata":{"name":"{{{name}}}"}}]}""";
        await using var server = await FakeApiServer.StartAsync((http, _) => (http.Request.Query["limit"].Count, http.Request.Query["continue"].ToString()) switch
        {
            (0, "") => FakeApiServer.SendAsync(http, """{"items":[{"metadata":{"name":"one"}},{"metadata":{"name":"two"}},{"metadata":{"name":"three"}}]}"""),
            (_, "") => FakeApiServer.SendAsync(http, Page("one", "a")),
            (_, "a") => FakeApiServer.SendAsync(http, Page("two", "b")),
            _ => FakeApiServer.SendAsync(http, """{"reason":"Expired","message":"The provided continue parameter is too old"}""", 410),
        });
        using var resources = new Resources(server.Configuration, TimeProvider.System);

        var items = await resources.ListAsync(ResourceType.ConfigMap, "foo", "size=1", default);

        Assert.Equal(["one", "two", "three"], items.Select(item => item.Name));
        Assert.Equal("GET /api/v1/namespaces/foo/configmaps?labelSelector=size%3D1", server.Asked.Last());
    }

    [Fact]
    public async Task A_conflict_says_who_owns_which_field()
    {
        await using var server = await FakeApiServer.StartAsync((http, number) => number == 1
            ? FakeApiServer.SendAsync(http, "{}", 404)
            : FakeApiServer.SendAsync(
                http,
                """
                {"reason":"Conflict","message":"Apply failed with 3 conflicts","details":{"causes":[
                {"reason":"FieldManagerConflict","message":"conflict with \"kubectl client-side apply\" using v1 at 2026-11-26T01:00:00Z","field":".data.a"},
                {"reason":"FieldManagerConflict","message":"conflict with \"kubectl client-side apply\" using v1","field":".data.b"},
                {"reason":"FieldManagerConflict","message":"conflict with \"helm\"","field":".spec.ports[name=\"http\"].port"}]}}
                """,
                409));
        using var resources = new Resources(server.Configuration, TimeProvider.System);

        var refused = await Assert.ThrowsAsync<ResourceException>(() =>
            resources.ApplyAsync(ResourceType.ConfigMap, Manifest.Managed(ResourceType.ConfigMap, "foo", "settings").Object, default));

        Assert.True(refused.IsConflict);
        Assert.Equal(new FieldConflict("helm", ".spec.ports[name=\"http\"].port"), refused.Conflicts[2]);
        Assert.Contains(
            "kubectl client-side apply owns .data.a, .data.b; helm owns .spec.ports[name=\"http\"].port.", refused.Message, StringComparison.Ordinal);
    }
}
