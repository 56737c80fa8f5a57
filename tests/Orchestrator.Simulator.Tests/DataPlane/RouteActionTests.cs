using System.Text.Json.Nodes;

namespace Orchestrator.Simulator.Tests.DataPlane;

/// <summary>What a route does beside choosing a destination, as the client sees it.</summary>
public sealed class RouteActionTests : IAsyncLifetime
{
    private const int Foo = 32180;
    private static readonly TimeSpan Ages = TimeSpan.FromHours(1);

    private readonly RunningCluster cluster = RunningCluster.Start();
    private int rules;

    public async Task InitializeAsync()
    {
        await cluster.OnboardAsync("foo", Foo);
        await cluster.AnswersAsync(Foo, "/foo/hello", 200);
    }

    public async Task DisposeAsync() => await cluster.DisposeAsync();

    [Fact]
    public async Task A_request_that_takes_too_long_is_answered_504()
    {
        await HaveAsync("""{ "timeout": "50ms" }""");
        cluster.Faults.Versions[("foo", "hello", "v0-0-1")] = new(LatencyMs: (int)Ages.TotalMilliseconds);

        Assert.Equal((504, "upstream request timeout"), await cluster.CurlAsync(Foo, "/foo/hello"));

        Assert.Contains(cluster.World.Requests.List("foo", "hello"), count => count is { Code: 504, Flag: "UT", Version: "v0-0-1" });
        Assert.Equal(1, Seen("destination", "0", "DC"));
        Assert.Equal(1, Seen("source", "504", "UT"));
        cluster.Faults.Versions[("foo", "hello", "v0-0-1")] = new(LatencyMs: 60);
        await HaveAsync("""{ "timeout": "0s" }""");
        Assert.Equal(200, (await cluster.CurlAsync(Foo, "/foo/hello")).Code);
    }

    [Fact]
    public async Task A_failure_is_tried_again_as_often_as_the_route_says()
    {
        await HaveAsync("""{ "retries": { "attempts": 40, "retryOn": "5xx" } }""");
        cluster.Faults.Versions[("foo", "hello", "v0-0-1")] = new(ErrorRate: 0.5);

        for (var i = 0; i < 20; i++) Assert.Equal(200, (await cluster.CurlAsync(Foo, "/foo/hello")).Code);
        Assert.True(Seen("destination", "500", "-") > 0, "some pod answered 500");

        await HaveAsync("""{ "retries": { "attempts": 2, "retryOn": "503,500" } }""");
        cluster.Faults.Versions[("foo", "hello", "v0-0-1")] = new(ErrorRate: 1);
        var before = Seen("destination", "500", "-");
        Assert.Equal(500, (await cluster.CurlAsync(Foo, "/foo/hello")).Code);
        Assert.Equal((3, 1), (Seen("destination", "500", "-") - before, Seen("source", "500", "URX")));
    }

    [Theory]
    [InlineData("gateway-error")]
    [InlineData("connect-failure,retriable-status-codes")]
    [InlineData("")]
    public async Task What_the_route_does_not_name_is_not_tried_again(string retryOn)
    {
        await HaveAsync($$"""{ "retries": { "attempts": 5, "retryOn": "{{retryOn}}" } }""");
        cluster.Faults.Versions[("foo", "hello", "v0-0-1")] = new(ErrorRate: 1);

        Assert.Equal(500, (await cluster.CurlAsync(Foo, "/foo/hello")).Code);
        Assert.Equal((1, 1), (Seen("destination", "500", "-"), Seen("source", "500", "-")));
    }

    [Fact]
    public async Task A_try_that_takes_too_long_is_followed_by_another_within_the_time_of_all()
    {
        await HaveAsync("""{ "timeout": "10s", "retries": { "attempts": 2, "perTryTimeout": "20ms", "retryOn": "gateway-error" } }""");
        cluster.Faults.Versions[("foo", "hello", "v0-0-1")] = new(LatencyMs: (int)Ages.TotalMilliseconds);

        Assert.Equal(504, (await cluster.CurlAsync(Foo, "/foo/hello")).Code);
        Assert.Equal((3, 1), (Seen("destination", "0", "DC"), Seen("source", "504", "UT")));
    }

    [Fact]
    public async Task Browsers_are_told_which_origins_may_ask()
    {
        await HaveAsync("""
            { "corsPolicy": { "allowOrigins": [{ "regex": "https://[a-z]+\\.example" }], "allowMethods": ["GET", "PUT"], "allowHeaders": ["x-a"],
                "exposeHeaders": ["x-b"], "maxAge": "1h", "allowCredentials": true } }
            """);

        var preflight = await SendAsync(HttpMethod.Options, ("origin", "https://shop.example"), ("access-control-request-method", "PUT"));
        Assert.Equal("", preflight.Body);
        Assert.Equal(
            ["access-control-allow-credentials: true", "access-control-allow-headers: x-a", "access-control-allow-methods: GET,PUT",
                "access-control-allow-origin: https://shop.example", "access-control-max-age: 3600"], preflight.Cors);

        var allowed = await SendAsync(HttpMethod.Get, ("origin", "https://shop.example"));
        Assert.Equal(
            ("Hello Foo 0.0.1\n", "access-control-allow-credentials: true, access-control-allow-origin: https://shop.example, access-control-expose-headers: x-b"),
            (allowed.Body, string.Join(", ", allowed.Cors)));

        // Who is not allowed is answered all the same: it is for browsers to keep the answer from the page.
        var foreign = await SendAsync(HttpMethod.Options, ("origin", "https://evil.test"), ("access-control-request-method", "PUT"));
        Assert.Equal("Hello Foo 0.0.1\n", foreign.Body);
        Assert.Empty(foreign.Cors);
    }

    [Theory]
    [InlineData("""{ "uri": "/new" }""", "GET /new 1\n")]
    [InlineData("""{ "uriRegexRewrite": { "match": "^/foo/([a-z]+)", "rewrite": "/v2/\\1" } }""", "GET /v2/hello 1\n")]
    [InlineData("""{ "uriRegexRewrite": { "match": "(", "rewrite": "/" } }""", "GET /foo/hello 1\n")]
    public async Task A_path_is_rewritten_before_it_goes_on(string rewrite, string answer)
    {
        cluster.CreateDeployment("foo", "hello-v0-0-3", app: "hello", version: "v0-0-3", image: "echo:1");
        cluster.Change(ResourceTypes.DestinationRule, "foo", "hello", rule => rule["spec"]!["subsets"]!.AsArray().Add(
            new JsonObject { ["name"] = "v0-0-3", ["labels"] = new JsonObject { ["version"] = "v0-0-3" } }));
        await cluster.RolledOutAsync("foo", "hello-v0-0-3", 2);
        await HaveAsync($$"""{ "match": [{ "uri": { "exact": "/foo/hello" } }], "rewrite": {{rewrite}}, "route": [{ "destination": { "host": "hello", "subset": "v0-0-3" } }] }""");

        Assert.Equal((200, answer), await cluster.CurlAsync(Foo, "/foo/hello"));
    }

    [Fact]
    public async Task The_routes_of_a_delegate_serve_in_the_roots_place_and_a_change_of_it_is_obeyed()
    {
        cluster.Create(ResourceTypes.VirtualService, """
            { "metadata": { "name": "inner", "namespace": "foo" }, "spec": { "http": [{ "route": [{ "destination": { "host": "hello", "subset": "v0-0-2" } }] }] } }
            """);
        cluster.Change(ResourceTypes.VirtualService, "foo", "hello", rule => rule["spec"]!["http"] = JsonNode.Parse(
            """[{ "match": [{ "uri": { "prefix": "/foo" } }], "delegate": { "name": "inner" } }]"""));
        await Eventually.Holds(async () => await cluster.CurlAsync(Foo, "/foo/hello") == (200, "Hello Foo 0.0.2\n"), "the delegate's route serves");
        Assert.Equal(404, (await cluster.CurlAsync(Foo, "/elsewhere")).Code);

        cluster.Change(ResourceTypes.VirtualService, "foo", "inner", rule => rule["spec"]!["http"]![0]!["route"]![0]!["destination"]!["subset"] = "v0-0-1");
        await Eventually.Holds(async () => await cluster.CurlAsync(Foo, "/foo/hello") == (200, "Hello Foo 0.0.1\n"), "its change is obeyed");

        cluster.Store.Delete(ResourceTypes.VirtualService, "foo", "inner");
        await cluster.AnswersAsync(Foo, "/foo/hello", 404);
    }

    /// <summary>Has the one route to the stable version do something more, and every gateway pod know it.</summary>
    private async Task HaveAsync(string members)
    {
        var mark = $"{++rules}";
        cluster.Change(ResourceTypes.VirtualService, "foo", "hello", rule =>
        {
            var route = JsonNode.Parse(members)!.AsObject();
            route["route"] ??= JsonNode.Parse("""[{ "destination": { "host": "hello", "subset": "v0-0-1" } }]""");
            route["headers"] = JsonNode.Parse($$"""{ "response": { "set": { "x-rule": "{{mark}}" } } }""");
            rule["spec"]!["http"] = new JsonArray(route);
        });
        using var client = new HttpClient();
        await Eventually.Holds(async () =>
        {
            using var response = await client.GetAsync(new Uri($"http://{cluster.Options.Address}:{Foo}/foo/hello"));
            return response.Headers.TryGetValues("x-rule", out var seen) && seen.Single() == mark && cluster.World.Mesh.IsSettled;
        }, "the gateways know the rule");
    }

    private long Seen(string reporter, string code, string flag) => cluster.Metrics.Series
        .Where(series => series.Labels["reporter"] == reporter && series.Labels["response_code"] == code && series.Labels["response_flags"] == flag)
        .Sum(series => series.Count(cluster.Metrics.Now + TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(10)).Count);

    private async Task<(string Body, string[] Cors)> SendAsync(HttpMethod method, params (string Name, string Value)[] headers)
    {
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(method, $"http://{cluster.Options.Address}:{Foo}/foo/hello");
        foreach (var (name, value) in headers) request.Headers.Add(name, value);
        using var response = await client.SendAsync(request);
        return (await response.Content.ReadAsStringAsync(),
            [.. response.Headers.Where(header => header.Key.StartsWith("access-control", StringComparison.OrdinalIgnoreCase))
                .Select(header => $"{header.Key.ToLowerInvariant()}: {string.Join(',', header.Value)}").Order(StringComparer.Ordinal)]);
    }
}
