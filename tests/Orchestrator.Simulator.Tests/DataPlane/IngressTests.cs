using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;

namespace Orchestrator.Simulator.Tests.DataPlane;

public sealed class IngressTests : IAsyncLifetime
{
    private const int Foo = 32180, Bar = 32280;

    private RunningCluster cluster = RunningCluster.Start();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await cluster.DisposeAsync();

    [Fact]
    public async Task Two_tenants_answer_to_the_letter()
    {
        await cluster.OnboardAsync("foo", Foo);
        await cluster.OnboardAsync("bar", Bar);
        foreach (var version in new[] { "hello-v0-0-1", "hello-v0-0-2" })
            cluster.Change(ResourceTypes.Deployment, "bar", version, deployment =>
                deployment["spec"]!["template"]!["spec"]!["containers"]![0]!["env"]![0]!["value"] = "Bar");
        await cluster.RolledOutAsync("bar", "hello-v0-0-1", 2);
        await cluster.RolledOutAsync("bar", "hello-v0-0-2", 2);
        await cluster.AnswersAsync(Foo, "/foo/hello", 200, "v0-0-2");
        await cluster.AnswersAsync(Bar, "/bar/hello", 200, "v0-0-2");

        Assert.Equal((200, "Hello Foo 0.0.1\n"), await cluster.CurlAsync(Foo, "/foo/hello"));
        Assert.Equal((200, "Hello Foo 0.0.2\n"), await cluster.CurlAsync(Foo, "/foo/hello", "v0-0-2"));
        Assert.Equal((200, "Hello Bar 0.0.1\n"), await cluster.CurlAsync(Bar, "/bar/hello"));
        Assert.Equal((200, "Hello Bar 0.0.2\n"), await cluster.CurlAsync(Bar, "/bar/hello", "v0-0-2"));
        Assert.Equal(404, (await cluster.CurlAsync(Foo, "/bar/hello")).Code);
    }

    [Fact]
    public async Task Answers_look_as_Envoys_do()
    {
        await cluster.OnboardAsync("foo", Foo);
        await cluster.AnswersAsync(Foo, "/foo/hello", 200);
        using var client = new HttpClient { BaseAddress = new($"http://{cluster.Options.Address}:{Foo}") };

        using var found = await client.GetAsync("/foo/hello");
        using var missing = await client.GetAsync("/elsewhere");

        Assert.Equal("istio-envoy", found.Headers.Server.ToString());
        Assert.True(found.Headers.Contains("x-envoy-upstream-service-time"));
        Assert.Equal((HttpStatusCode.NotFound, "istio-envoy", ""), (missing.StatusCode, missing.Headers.Server.ToString(), await missing.Content.ReadAsStringAsync()));
    }

    [Fact]
    public async Task A_gateway_is_ready_before_it_listens_and_refuses_until_a_Gateway_opens_its_port()
    {
        await cluster.OnboardAsync("foo", Foo);
        await cluster.AnswersAsync(Foo, "/foo/hello", 200);

        cluster.Store.Delete(ResourceTypes.Gateway, "foo", "foo-gateway");
        await cluster.AnswersAsync(Foo, "/foo/hello", 0);

        Assert.Equal(2, cluster.Status(ResourceTypes.Deployment, "foo", "istio-ingress-gateway", "readyReplicas").AsNumber());
    }

    [Fact]
    public async Task The_port_closes_with_the_last_ready_replica_and_opens_with_the_first()
    {
        await cluster.OnboardAsync("foo", Foo);
        await cluster.AnswersAsync(Foo, "/foo/hello", 200);
        cluster.Faults.Deployments[("foo", "istio-ingress-gateway")] = new();

        foreach (var pod in cluster.Pods("foo", "istio-ingress-gateway")) cluster.Store.Delete(ResourceTypes.Pod, "foo", pod.Name);
        await Eventually.Holds(async () => await ConnectsAsync() is false, "connections are refused");

        cluster.Faults.Clear();
        await cluster.AnswersAsync(Foo, "/foo/hello", 200);
        // The Service alone would come back: it is the operator's.
        cluster.Store.Delete(ResourceTypes.IstioOperator, "istio-system", "foo-ingress-gateway");
        await Eventually.Holds(async () => await ConnectsAsync() is false, "the port is closed");

        async Task<bool> ConnectsAsync()
        {
            using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await socket.ConnectAsync(IPAddress.Parse(cluster.Options.Address), Foo);
                return true;
            }
            catch (SocketException)
            {
                return false;
            }
        }
    }

    [Fact]
    public async Task A_missing_subset_is_NC_and_a_subset_without_pods_UH()
    {
        await cluster.OnboardAsync("foo", Foo);
        await cluster.AnswersAsync(Foo, "/foo/hello", 200, "v0-0-2");

        cluster.Change(ResourceTypes.Deployment, "foo", "hello-v0-0-2", deployment => deployment["spec"]!["replicas"] = 0);
        await cluster.AnswersAsync(Foo, "/foo/hello", 503, "v0-0-2");
        Assert.Equal((503, "no healthy upstream"), await cluster.CurlAsync(Foo, "/foo/hello", "v0-0-2"));

        cluster.Change(ResourceTypes.DestinationRule, "foo", "hello", rule => rule["spec"]!["subsets"]!.AsArray().RemoveAt(1));
        await Eventually.Holds(async () => await cluster.CurlAsync(Foo, "/foo/hello", "v0-0-2") == (503, ""), "the subset is gone");

        Assert.Equal(["NC", "UH"], Outcomes().Where(outcome => outcome.Version == "v0-0-2" && outcome.Code == 503).Select(outcome => outcome.Flag));
        Assert.Equal(200, (await cluster.CurlAsync(Foo, "/foo/hello")).Code);
    }

    [Fact]
    public async Task Each_gateway_pod_learns_of_each_kind_of_rule_in_its_own_time()
    {
        await using var slow = RunningCluster.Start(options => options with
        {
            Delays = options.Delays with { Propagation = TimeSpan.FromMilliseconds(600), PropagationSpread = TimeSpan.FromMilliseconds(600) },
        });
        await slow.OnboardAsync("foo", Foo, minReplicas: 5);
        await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => slow.AnswersAsync(Foo, "/foo/hello", 200)));
        var codes = new HashSet<int>();

        // Both rules at once: somewhere the route is known before its subset.
        for (var candidate = 3; !codes.Contains(503) && candidate < 30; candidate++)
        {
            var version = $"v0-0-{candidate}";
            slow.Change(ResourceTypes.DestinationRule, "foo", "hello", rule => rule["spec"]!["subsets"]!.AsArray().Add(
                new JsonObject { ["name"] = version, ["labels"] = new JsonObject { ["version"] = "v0-0-1" } }));
            slow.Change(ResourceTypes.VirtualService, "foo", "hello", rule => rule["spec"]!["http"]![1]!["route"]![0]!["destination"]!["subset"] = version);
            await Eventually.Holds(async () =>
            {
                var (code, _) = await slow.CurlAsync(Foo, "/foo/hello");
                codes.Add(code);
                return code == 503 || slow.World.Mesh.IsSettled;
            }, "the rules have reached every pod or failed a request");
        }

        Assert.Contains(503, codes);
        Assert.Contains(Outcomes(slow), outcome => outcome is { Code: 503, Flag: "NC" });
        await Eventually.Holds(() => slow.World.Mesh.IsSettled, "the rules have reached every pod");
        for (var i = 0; i < 20; i++) Assert.Equal(200, (await slow.CurlAsync(Foo, "/foo/hello")).Code);
    }

    [Fact]
    public async Task A_version_fails_and_lags_as_its_fault_says()
    {
        await cluster.OnboardAsync("foo", Foo);
        await cluster.AnswersAsync(Foo, "/foo/hello", 200, "v0-0-2");

        cluster.Faults.Versions[("foo", "hello", "v0-0-2")] = new(ErrorRate: 1);

        Assert.Equal(500, (await cluster.CurlAsync(Foo, "/foo/hello", "v0-0-2")).Code);
        Assert.Equal(200, (await cluster.CurlAsync(Foo, "/foo/hello")).Code);
    }

    [Fact]
    public async Task A_restart_opens_the_ports_again()
    {
        await cluster.OnboardAsync("foo", Foo);
        await cluster.AnswersAsync(Foo, "/foo/hello", 200);

        cluster = await cluster.RestartAsync();

        await cluster.AnswersAsync(Foo, "/foo/hello", 200);
        Assert.Equal((200, "Hello Foo 0.0.2\n"), await cluster.CurlAsync(Foo, "/foo/hello", "v0-0-2"));
    }

    [Fact]
    public async Task A_port_that_another_process_has_is_a_finding_and_opens_once_it_is_free()
    {
        using (var squatter = new Socket(SocketType.Stream, ProtocolType.Tcp))
        {
            squatter.Bind(new IPEndPoint(IPAddress.Parse(cluster.Options.Address), Foo));
            squatter.Listen();
            await cluster.OnboardAsync("foo", Foo);

            await Eventually.Holds(() => cluster.World.Findings.Any(), "it is a finding");
            Assert.Equal("Service foo/istio-ingress-gateway", Assert.Single(cluster.World.Findings).Object);
            await Eventually.Holds(() => cluster.Store.List(ResourceTypes.Event, "foo").Any(warning => warning["reason"]!.ToString() == "NodePortNotOpen"), "it is an Event");
        }

        await cluster.AnswersAsync(Foo, "/foo/hello", 200);
        Assert.Empty(cluster.World.Findings);
    }

    [Fact]
    public async Task Load_from_inside_counts_as_real_requests_do()
    {
        await cluster.OnboardAsync("foo", Foo);
        await cluster.AnswersAsync(Foo, "/foo/hello", 200);
        var before = Ok();

        await cluster.World.Load.SetAsync("foo", "hello", new(200, "/foo/hello"));
        await Eventually.Holds(() => Ok() - before >= 100, "a hundred requests are counted");
        await cluster.World.Load.RemoveAsync("foo", "hello");

        var all = Ok();
        Assert.Equal((200, "Hello Foo 0.0.1\n"), await cluster.CurlAsync(Foo, "/foo/hello"));
        Assert.Equal(all + 1, Ok());
        // Each has passed a sidecar too: both proxies report.
        foreach (var reporter in new[] { "source", "destination" })
            Assert.Equal(all + 1, cluster.Metrics.Series.Where(series => series.Labels["reporter"] == reporter && series.Labels["destination_version"] == "v0-0-1")
                .Sum(series => series.Count(cluster.Metrics.Now + TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(10)).Count));

        long Ok() => Outcomes().Where(outcome => outcome is { Version: "v0-0-1", Code: 200 }).Sum(outcome => outcome.Count);
    }

    [Fact]
    public async Task Load_on_a_gateway_that_is_not_there_is_refused_and_counted()
    {
        cluster.CreateNamespace("foo");

        await cluster.World.Load.SetAsync("foo", "hello", new(100, "/foo/hello"));

        await Eventually.Holds(() => cluster.World.Load.Find("foo", "hello") is var (_, requests) && requests.Any(), "something is counted");
        Assert.Equal("refused", Assert.Single(cluster.World.Load.Find("foo", "hello")!.Value.Requests).Flag);
    }

    private (string Version, int Code, string Flag, long Count)[] Outcomes() => Outcomes(cluster);

    private static (string Version, int Code, string Flag, long Count)[] Outcomes(RunningCluster cluster) =>
        [.. cluster.World.Requests.List("foo", "hello").Select(count => (count.Version, count.Code, count.Flag, count.Count))];
}
