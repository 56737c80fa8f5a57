using System.Net;
using System.Text.Json.Nodes;
using Orchestrator.Activities.Canaries;
using Orchestrator.Cluster.Istio;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Domain.Canaries;
using Orchestrator.Domain.Tenants;
using Orchestrator.Domain.Traffic;
using Orchestrator.Fakes;
using Orchestrator.TestKit;
using static Orchestrator.Activities.Tests.MeshedCluster;

namespace Orchestrator.Activities.Tests.Canaries;

/// <summary>What the gateway pods show of what a run wrote.</summary>
public sealed class AwaitPropagationTests
{
    private static readonly Entrance Foo = new("foo-gateway", "istio=foo-ingress", [8080], null, "/foo/");

    private readonly FakeCluster cluster = new();

    public AwaitPropagationTests()
    {
        foreach (var (name, ready) in new[] { ("gw-1", "True"), ("gw-2", "True"), ("gw-3", "False") })
        {
            cluster.Resources.Put(ResourceType.Pod, Yaml.Read($$"""
                metadata: {name: {{name}}, namespace: foo, labels: {istio: foo-ingress} }
                kind: Pod
                status: {conditions: [{type: Ready, status: "{{ready}}" }]}
                """));
        }

        Write(routes => VirtualServiceEditor.With(routes, Split));
        Put(ResourceType.DestinationRule, DestinationRuleEditor.WithCandidate(cluster.Resources.Get(ResourceType.DestinationRule, "foo", "hello")!, "v0-0-1", "v0-0-2"));
    }

    private static TrafficSplit Split { get; } = new("foo", "hello", "v0-0-1", "v0-0-2", 10) { Proof = new("1f3b", 3) };

    private void Write(Func<JsonObject, JsonObject> edit) =>
        Put(ResourceType.VirtualService, edit(cluster.Resources.Get(ResourceType.VirtualService, "foo", "hello")!));

    private void Put(ResourceType type, JsonObject rule) => cluster.Resources.Put(type, rule);

    private static PodAnswer Marked(int mark) =>
        new(200, "", new Dictionary<string, string> { [TrafficProof.Header] = $"{mark}", ["x-envoy-upstream-service-time"] = "1" });

    private Task<PropagationSight> LookAsync(TimeSpan limit, bool isGone = false) =>
        new AwaitPropagation(cluster, TimeProvider.System).RunAsync(new("default", "foo", "hello", Foo, new("1f3b", 3), isGone, limit), Context);

    [Fact]
    public async Task Every_ready_pod_is_to_show_the_mark_of_the_write_several_times()
    {
        cluster.Resources.Pods = _ => Marked(3);

        Assert.Equal(new(true, true, null, null), await LookAsync(Limit));
        Assert.Equal(
            ["foo/gw-1:8080/foo/ 3", "foo/gw-2:8080/foo/ 3"],
            cluster.Resources.Asked.GroupBy(pod => pod).Select(pod => $"{pod.Key} {pod.Count()}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task However_slowly_they_answer_a_look_that_begins_well_is_carried_through()
    {
        cluster.Resources.Pods = _ => Marked(3);

        Assert.True((await LookAsync(TimeSpan.Zero)).IsProof);
    }

    [Fact]
    public async Task Those_that_obey_an_earlier_write_are_named()
    {
        cluster.Resources.Pods = pod => Marked(pod.Contains("gw-2", StringComparison.Ordinal) ? 2 : 3);

        Assert.Equal(new(false, true, "Pod foo/gw-2 (obeys an earlier rule)", null), await LookAsync(TimeSpan.Zero));
    }

    [Fact]
    public async Task A_route_is_forgotten_when_no_pod_shows_a_mark()
    {
        cluster.Resources.Pods = pod => Marked(3) with { Headers = new Dictionary<string, string>() };
        Assert.True((await LookAsync(Limit, isGone: true)).IsProof);

        cluster.Resources.Pods = _ => Marked(3);
        Assert.Equal(
            "Pod foo/gw-1 (obeys an earlier rule); Pod foo/gw-2 (obeys an earlier rule)", (await LookAsync(TimeSpan.Zero, isGone: true)).Missing);
    }

    [Fact]
    public async Task Where_others_have_taken_away_what_is_asked_by_nobody_is_asked()
    {
        Put(ResourceType.DestinationRule, DestinationRuleEditor.Without(cluster.Resources.Get(ResourceType.DestinationRule, "foo", "hello")!, "v0-0-2"));
        Assert.Equal(
            new(false, false, null, "where the route canary-proof of VirtualService foo/hello leads is gone", IsHopeless: true), await LookAsync(Limit));

        Write(routes => VirtualServiceEditor.With(routes, Split with { Proof = new("1f3b", 2) }));
        Assert.Equal("somebody took the route canary-proof out of VirtualService foo/hello", (await LookAsync(Limit)).Unasked);

        Write(routes =>
        {
            routes["spec"]!["gateways"] = new JsonArray("foo-gateway", "mesh");
            return routes;
        });
        Assert.Equal("VirtualService foo/hello is obeyed by mesh too, whose proxies cannot be asked", (await LookAsync(Limit)).Unasked);
        Assert.Empty(cluster.Resources.Asked);
    }

    [Fact]
    public async Task Without_a_gateway_pod_or_the_right_to_ask_there_is_no_proof()
    {
        cluster.Resources.Pods = _ => new(403, """{"kind":"Status","apiVersion":"v1","message":"cannot get pods/proxy"}""", new Dictionary<string, string>());
        Assert.Equal(
            new(false, false, null, "it may not ask gateway pods; grant 'get' on pods/proxy: Pod foo/gw-1 (403 cannot get pods/proxy); Pod foo/gw-2 (403 cannot get pods/proxy)", IsHopeless: true), await LookAsync(Limit));

        cluster.Resources.OnCall = call => throw FakeResources.Refusal(HttpStatusCode.ServiceUnavailable, "Unavailable", "try later");
        Assert.Equal((false, false), (await LookAsync(TimeSpan.Zero) is var unavailable ? (unavailable.IsProof, unavailable.IsHopeless) : default));

        cluster.Resources.OnCall = null;
        Assert.Equal(
            "there is no ready gateway pod",
            (await new AwaitPropagation(cluster, TimeProvider.System).RunAsync(
                new("default", "foo", "hello", Foo with { Pods = "istio=nobody" }, new("1f3b", 3), false, TimeSpan.Zero), Context)).Unasked);
    }
}
