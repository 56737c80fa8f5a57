using System.Text.Json.Nodes;
using Orchestrator.Cluster.Istio;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Domain.Canaries;
using Orchestrator.Domain.Traffic;
using Orchestrator.TestKit;

namespace Orchestrator.Cluster.Tests.Istio;

/// <summary>A service whose VirtualService has no HTTP route to it, but one of connections.</summary>
public sealed class ConnectionRouterTests : RoutedByIstio
{
    private const string Candidate = "v0-0-2";

    public static TheoryData<string, string> Kinds => new()
    {
        { "tcp", "tcp: [{match: [{port: 9000}], route: [{destination: {host: hello, subset: v0-0-1}}]}]" },
        { "tls", "tls: [{match: [{sniHosts: [web.example]}], route: [{destination: {host: web}}]}, {match: [{sniHosts: [hello.example]}], route: [{destination: {host: hello, subset: v0-0-1}}]}]" },
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Weights_are_set_and_what_was_captured_is_restored_byte_for_byte(string kind, string routes)
    {
        Have(routes);
        var before = (Ours(Routes), Ours(Subsets));
        var baseline = await RunAsync();

        Assert.Equal((kind, "v0-0-1"), (baseline.Routes.Member, baseline.Stable));
        Assert.Equal([("v0-0-1", 80), (Candidate, 20)], Shares(kind));
        await RestoreAsync(baseline, ForeignChangePolicy.Repair);

        Assert.Equal(before, (Ours(Routes), Ours(Subsets)));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task After_promotion_only_the_versions_differ(string kind, string routes)
    {
        Have(routes);
        var before = (Ours(Routes).Replace("v0-0-1", Candidate, StringComparison.Ordinal), Ours(Subsets).Replace("v0-0-1", Candidate, StringComparison.Ordinal));
        var baseline = await RunAsync();

        await Router.SetAsync(baseline.With(Candidate, 100), default);
        Assert.Equal(Change.Unchanged, (await Router.DropSubsetAsync("foo", "hello", Candidate, default)).Change);
        await Router.DropSubsetAsync("foo", "hello", "v0-0-1", default);

        Assert.Equal((before, kind), ((Ours(Routes), Ours(Subsets)), baseline.Routes.Member));
    }

    [Theory]
    [InlineData("weights", true, ForeignChangeAnswer.Repaired)]
    [InlineData("a route", false, ForeignChangeAnswer.Kept)]
    [InlineData("an HTTP route to the service", false, ForeignChangeAnswer.Kept)]
    [InlineData("the port", true, ForeignChangeAnswer.Repaired)]
    public async Task What_others_change_is_told_and_put_back_and_what_they_add_stays(string edit, bool isPutBack, ForeignChangeAnswer answer)
    {
        Have((string)Kinds.First()[1]);
        var baseline = await RunAsync();
        var left = Ours(Routes);
        var theirs = Routes!;
        var tcp = theirs["spec"]!["tcp"]!.AsArray();
        switch (edit)
        {
            case "weights":
                (tcp[0]!["route"]![0]!["weight"], tcp[0]!["route"]![1]!["weight"]) = (50, 50);
                break;
            case "a route":
                tcp.Insert(0, Yaml.Read("{match: [{port: 9001}], route: [{destination: {host: theirs}}]}"));
                break;
            case "an HTTP route to the service":
                theirs["spec"]!["http"] = new JsonArray(Yaml.Read("{route: [{destination: {host: hello, subset: v0-0-1}}]}"));
                break;
            default:
                tcp[0]!["match"]![0]!["port"] = 9002;
                break;
        }

        Resources.Put(ResourceType.VirtualService, theirs);
        var edited = Ours(Routes);
        var check = await Router.CheckAsync(Left(baseline, ForeignChangePolicy.Repair), default);

        Assert.Contains(check.Changes, change => change.Answer == answer);
        Assert.Equal(isPutBack ? left : edited, Ours(Routes));
        Assert.Equal(check.Mark, await RuleMark.ReadAsync(Resources, new("foo", "hello", "v0-0-1", Candidate, 0), default));
    }

    [Theory]
    [InlineData("tcp: [{route: [{destination: {host: hello, subset: v0-0-1}}]}], tls: [{match: [{sniHosts: [a]}], route: [{destination: {host: hello, subset: v0-0-1}}]}]", "route tcp[0], route tls[0]")]
    [InlineData("tcp: [{route: [{destination: {host: hello}}]}]", "VirtualService foo/hello: the route names no subset")]
    [InlineData("tcp: [{route: [{destination: {host: hello, subset: v0-0-1}, weight: 1}, {destination: {host: hello, subset: v9}, weight: 1}]}]", "route tcp[0] divides its requests already")]
    [InlineData("tcp: [{route: [{destination: {host: web}}]}]", "has no HTTP routes")]
    public async Task A_canary_that_cannot_begin_says_why(string routes, string message)
    {
        Have(routes);

        var error = await Assert.ThrowsAsync<TrafficException>(() => Router.CaptureAsync("foo", "hello", Candidate, default));

        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    private IEnumerable<(string, int)> Shares(string kind) =>
        from route in Routes.Items("spec", kind)
        from entry in route.Items("route")
        where entry.Text("destination", "host") == "hello"
        select (entry.Text("destination", "subset")!, (int)entry.Number("weight"));

    private void Have(string routes)
    {
        Resources.Put(ResourceType.VirtualService, Yaml.Read($$"""
            apiVersion: networking.istio.io/v1
            kind: VirtualService
            metadata: {name: hello, namespace: foo, labels: {team: foo} }
            spec: {hosts: ["*"], gateways: [foo-gateway], {{routes}} }
            """));
    }

    private async Task<TrafficBaseline> RunAsync()
    {
        var baseline = await Router.CaptureAsync("foo", "hello", Candidate, default);
        await Router.AddSubsetAsync(baseline.With(Candidate, 0), default);
        await Router.SetAsync(baseline.With(Candidate, 20), default);
        return baseline;
    }

    private static SteeredTraffic Left(TrafficBaseline baseline, ForeignChangePolicy policy) => new(baseline, baseline.With(Candidate, 20), HasSubset: true, policy);

    private async Task RestoreAsync(TrafficBaseline baseline, ForeignChangePolicy policy)
    {
        await Router.RestoreRoutesAsync(Left(baseline, policy), default);
        await Router.RestoreSubsetsAsync(Left(baseline, policy), default);
    }
}
