using System.Text.Json.Nodes;
using Orchestrator.Cluster.Istio;
using Orchestrator.Cluster.Istio.Readiness;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Domain.Tenants;
using Orchestrator.Domain.Traffic;
using Orchestrator.TestKit;

namespace Orchestrator.Cluster.Tests.Istio;

public sealed class ProofRouteTests
{
    private const string Upstream = "x-envoy-upstream-service-time";

    private static readonly Entrance Foo = new("foo-gateway", "istio=foo-ingress", [8080], null, "/foo/");

    [Theory]
    [InlineData(200, "", Upstream, "3", RouteSight.Learned)]
    [InlineData(500, "broken", Upstream, "3", RouteSight.Learned)] // The product's.
    [InlineData(503, "", Upstream, "3", RouteSight.Learned)]
    [InlineData(200, "", "", "3", RouteSight.Learned)] // A mesh that hides Envoy's headers.
    [InlineData(200, "", Upstream, "2", RouteSight.Missing)]
    [InlineData(200, "", Upstream, null, RouteSight.Missing)]
    [InlineData(404, "", "", null, RouteSight.Missing)]
    [InlineData(503, "", "", null, RouteSight.Missing)] // No such subset.
    [InlineData(503, "", "", "3", RouteSight.Missing)]
    [InlineData(503, "no healthy upstream", "", null, RouteSight.Missing)]
    [InlineData(403, "RBAC: access denied", "", null, RouteSight.Nothing)]
    [InlineData(0, "no answer in 5 s", "", null, RouteSight.Nothing)]
    [InlineData(403, """{"kind":"Status","apiVersion":"v1","message":"pods \"gw-1\" is forbidden"}""", "", null, RouteSight.Forbidden)]
    public void An_answer_shows_whether_a_write_has_arrived(int status, string body, string header, string? mark, RouteSight expected) =>
        Assert.Equal(expected, ProofAnswer.Judge(Answer(status, body, header, mark), "3").Sight);

    [Theory]
    [InlineData(200, Upstream, null, RouteSight.Learned)]
    [InlineData(404, "", null, RouteSight.Learned)]
    [InlineData(200, Upstream, "3", RouteSight.Missing)]
    [InlineData(503, "", null, RouteSight.Nothing)] // The candidate's pods may be gone, and the route still there.
    [InlineData(429, "", null, RouteSight.Nothing)]
    public void An_answer_shows_whether_every_route_of_the_run_is_forgotten(int status, string header, string? mark, RouteSight expected) =>
        Assert.Equal(expected, ProofAnswer.Judge(Answer(status, "", header, mark), mark: null).Sight);

    [Theory]
    [InlineData("{gateways: [foo-gateway], http: [{}]}", null)]
    [InlineData("{gateways: [foo/foo-gateway], http: [{}]}", null)]
    [InlineData("{gateways: [foo-gateway, mesh], http: [{}]}", "VirtualService foo/hello is obeyed by mesh too, whose proxies cannot be asked")]
    [InlineData("{http: [{}]}", "VirtualService foo/hello is obeyed by mesh too, whose proxies cannot be asked")]
    [InlineData("{gateways: [bar/foo-gateway], http: [{}]}", "VirtualService foo/hello is obeyed by bar/foo-gateway too, whose proxies cannot be asked")]
    [InlineData("{gateways: [foo-gateway], tcp: [{}]}", "VirtualService foo/hello has no HTTP route")]
    public void Proxies_of_others_cannot_be_asked(string spec, string? why) =>
        Assert.Equal(why, ProofRoute.WhyNot(new("foo", "hello", "v1", true, new(Yaml.Read(spec), null), null), Foo));

    [Theory]
    [InlineData("{parentRefs: [{name: foo-gateway}]}", null)]
    [InlineData("{parentRefs: [{kind: Gateway, name: foo-gateway}, {kind: Service, name: hello}]}", "HTTPRoute foo/hello is obeyed by Service foo/hello too, whose proxies cannot be asked")]
    [InlineData("{parentRefs: [{namespace: bar, name: foo-gateway}]}", "HTTPRoute foo/hello is obeyed by Gateway bar/foo-gateway too, whose proxies cannot be asked")]
    public void So_it_is_with_an_HTTPRoute(string spec, string? why) =>
        Assert.Equal(why, ProofRoute.WhyNot(new("foo", "hello", "v1", true, null, null, new(Yaml.Read(spec), null)), Foo));

    [Fact]
    public void Without_a_known_entrance_nobody_can_be_asked() =>
        Assert.StartsWith(
            "hello is no service of tenant foo",
            ProofRoute.WhyNot(new("foo", "hello", "v1", true, new(Yaml.Read("{gateways: [foo-gateway], http: [{}]}"), null), null), null),
            StringComparison.Ordinal);

    [Theory]
    [InlineData(null, "{hosts: ['*']}", null)]
    [InlineData("a.foo", "{hosts: ['*']}", "a.foo")]
    [InlineData("a.foo", "{hosts: ['*.foo']}", "a.foo")]
    [InlineData("a.foo", "{hosts: [theirs.example]}", "theirs.example")]
    [InlineData(null, "{hosts: [theirs.example]}", "theirs.example")]
    public void The_host_is_one_for_which_the_routes_are(string? own, string spec, string? host) =>
        Assert.Equal(host, ProofRoute.HostOf(new JsonObject { ["kind"] = "VirtualService", ["spec"] = Yaml.Read(spec) }, Foo with { Host = own }));

    private static PodAnswer Answer(int status, string body, string header, string? mark)
    {
        var headers = new Dictionary<string, string> { [header] = "1" };
        if (mark is not null)
        {
            headers[TrafficProof.Header] = mark;
        }

        return new(status, body, headers);
    }
}
