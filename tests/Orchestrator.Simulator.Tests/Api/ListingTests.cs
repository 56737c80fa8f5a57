using System.Text.Json.Nodes;

namespace Orchestrator.Simulator.Tests.Api;

public sealed class ListingTests(ClusterFixture cluster) : IClassFixture<ClusterFixture>
{
    [Fact]
    public async Task The_pages_of_a_list_are_of_one_moment()
    {
        var ns = cluster.Namespace();
        foreach (var name in new[] { "a", "b", "c" }) Create(ns, name);

        var (_, first) = await cluster.SendAsync(HttpMethod.Get, $"/api/v1/namespaces/{ns}/configmaps?limit=1");
        Assert.Equal(2, first!["metadata"]!["remainingItemCount"].AsNumber());
        Create(ns, "bb");
        cluster.Server.Store.Delete(ResourceTypes.ConfigMap, ns, "c");
        var names = new List<string>(Names(first));
        for (var page = first; page!["metadata"]!["continue"].AsText() is { } next;)
        {
            page = (await cluster.SendAsync(HttpMethod.Get, $"/api/v1/namespaces/{ns}/configmaps?limit=1&continue={next}")).Body;
            Assert.Equal(first["metadata"]!["resourceVersion"]!.ToString(), page!["metadata"]!["resourceVersion"]!.ToString());
            names.AddRange(Names(page));
        }

        Assert.Equal(["a", "b", "c"], names);
        Assert.Equal(400, (await cluster.SendAsync(HttpMethod.Get, $"/api/v1/namespaces/{ns}/configmaps?limit=1&continue=nonsense")).Code);
    }

    [Fact]
    public async Task A_list_of_an_exact_version_shows_that_version()
    {
        var ns = cluster.Namespace();
        Create(ns, "a");
        var version = cluster.Server.Store.ResourceVersion;
        Create(ns, "b");

        var (_, then) = await cluster.SendAsync(HttpMethod.Get, $"/api/v1/namespaces/{ns}/configmaps?resourceVersion={version}&resourceVersionMatch=Exact");
        Assert.Equal(["a"], Names(then!));
        var (code, refusal) = await cluster.SendAsync(HttpMethod.Get, $"/api/v1/namespaces/{ns}/configmaps?resourceVersion={version + 1000}");
        Assert.Equal((504, "ResourceVersionTooLarge"), (code, refusal!["details"]!["causes"]![0]!["reason"]!.ToString()));
    }

    [Fact]
    public void A_page_of_a_version_that_is_compacted_away_is_gone()
    {
        using var directory = new TemporaryDirectory();
        using var store = new ClusterStore(directory.Path, history: 4);
        var version = store.ResourceVersion;
        for (var i = 0; i < 20; i++)
            store.Create(ResourceTypes.ConfigMap, new() { ["metadata"] = new JsonObject { ["name"] = $"m{i}", ["namespace"] = "default" } });

        Assert.Equal(410, Assert.Throws<KubeException>(() => store.SnapshotAt(ResourceTypes.ConfigMap, version)).Code);
        Assert.Equal(19, store.SnapshotAt(ResourceTypes.ConfigMap, store.ResourceVersion - 1).Count);
    }

    [Theory]
    [InlineData("labelSelector=app%3Dweb", "a,b")]
    [InlineData("labelSelector=app%3D%3Dweb,tier!%3Ddb", "a")]
    [InlineData("labelSelector=app+in+(web,job)", "a,b,c")]
    [InlineData("labelSelector=tier+notin+(db)", "a,c,d")]
    [InlineData("labelSelector=!app", "d")]
    [InlineData("labelSelector=app,tier", "b")]
    [InlineData("fieldSelector=metadata.name%3Da", "a")]
    [InlineData("fieldSelector=metadata.name!%3Da", "b,c,d")]
    public async Task Selectors_choose(string query, string expected)
    {
        var ns = cluster.Namespace();
        Create(ns, "a", """{ "app": "web" }""");
        Create(ns, "b", """{ "app": "web", "tier": "db" }""");
        Create(ns, "c", """{ "app": "job" }""");
        Create(ns, "d");

        Assert.Equal(expected.Split(','), Names((await cluster.SendAsync(HttpMethod.Get, $"/api/v1/namespaces/{ns}/configmaps?{query}")).Body!));
    }

    [Fact]
    public async Task A_watch_begins_with_what_is_there_and_marks_where_that_ends()
    {
        var ns = cluster.Namespace();
        Create(ns, "a");

        await using var stream = await cluster.Http.GetStreamAsync(
            $"/api/v1/namespaces/{ns}/configmaps?watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true&timeoutSeconds=1");
        string[] lines = (await new StreamReader(stream).ReadToEndAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries);

        JsonNode[] events = [.. lines.Select(line => JsonNode.Parse(line)!)];
        Assert.Equal(["ADDED", "BOOKMARK", "BOOKMARK"], events.Select(change => change["type"]!.ToString()));
        Assert.Equal("true", events[1]["object"]!["metadata"]!["annotations"]!["k8s.io/initial-events-end"]!.ToString());
    }

    private void Create(string ns, string name, string labels = "{}") => cluster.Server.Store.Create(ResourceTypes.ConfigMap,
        new() { ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = ns, ["labels"] = JsonNode.Parse(labels) } });

    private static IEnumerable<string> Names(JsonNode list) => list["items"]!.AsArray().Select(item => item!["metadata"]!["name"]!.ToString());
}
