using System.Text.Json.Nodes;
using Orchestrator.Cluster.Istio;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Domain.Canaries;
using Orchestrator.Domain.Traffic;
using Orchestrator.TestKit;

namespace Orchestrator.Cluster.Tests.Istio;

/// <summary>A service whose routes are in a delegate VirtualService.</summary>
public sealed class DelegateRouterTests : RoutedByIstio
{
    private const string Candidate = "v0-0-2";
    private const string Referring = "hosts: [\"*\"], gateways: [foo-gateway], http: [{match: [{uri: {prefix: /foo/}}], delegate: {name: hello-routes}}]";
    private const string Serving = "http: [{name: default, route: [{destination: {host: hello, subset: v0-0-1}}]}]";
    private static readonly HeaderMatch Preview = new("version", Candidate);

    private JsonObject? Inner => Resources.Get(ResourceType.VirtualService, "foo", "hello-routes");

    [Fact]
    public async Task The_delegate_of_the_root_named_like_the_service_is_steered_and_the_root_never_written()
    {
        Have("hello", Referring);
        Have("hello-routes", Serving);
        var (root, inner, subsets) = (Routes!.ToJsonString(), Ours(Inner), Ours(Subsets));

        var baseline = await RunAsync();
        Assert.Equal(("hello-routes", "v0-0-1"), (baseline.Delegate, baseline.Stable));
        Assert.Equal(["canary-preview-hello", "default"], Inner.Items("spec", "http").Select(route => route.Text("name")!));
        Assert.Equal(await MarkAsync("hello-routes"), (await Router.CheckAsync(Left(baseline), default)).Mark);

        await Router.RestoreRoutesAsync(Left(baseline), default);
        await Router.RestoreSubsetsAsync(Left(baseline), default);

        Assert.Equal((root, inner, subsets), (Routes!.ToJsonString(), Ours(Inner), Ours(Subsets)));
    }

    [Fact]
    public async Task A_promotion_changes_the_delegates_version_and_a_subset_that_it_needs_stays()
    {
        Have("hello", Referring);
        Have("hello-routes", Serving);
        var (root, inner) = (Routes!.ToJsonString(), Ours(Inner));
        var baseline = await RunAsync();

        await Router.SetAsync(baseline.With(Candidate, 100), default);
        Assert.Equal(Change.Unchanged, (await Router.DropSubsetAsync("foo", "hello", Candidate, default)).Change);
        Assert.Equal(Change.Updated, (await Router.DropSubsetAsync("foo", "hello", "v0-0-1", default)).Change);

        Assert.Equal((root, inner.Replace("v0-0-1", Candidate, StringComparison.Ordinal)), (Routes!.ToJsonString(), Ours(Inner)));
    }

    [Fact]
    public async Task A_VirtualService_without_hosts_that_is_named_like_the_service_is_the_delegate_itself()
    {
        Have("hello", Serving);
        Have("entry", Referring.Replace("hello-routes", "hello", StringComparison.Ordinal));
        var (entry, own) = (Resources.Get(ResourceType.VirtualService, "foo", "entry")!.ToJsonString(), Ours(Routes));

        var baseline = await RunAsync();
        Assert.Null(baseline.Delegate);
        await Router.RestoreRoutesAsync(Left(baseline), default);

        Assert.Equal((entry, own), (Resources.Get(ResourceType.VirtualService, "foo", "entry")!.ToJsonString(), Ours(Routes)));
    }

    [Theory]
    [InlineData(ForeignChangePolicy.Repair, ForeignChangeAnswer.Held)]
    [InlineData(ForeignChangePolicy.Respect, ForeignChangeAnswer.Held)]
    [InlineData(ForeignChangePolicy.Abort, ForeignChangeAnswer.Aborted)]
    public async Task A_root_that_leads_elsewhere_now_is_told_and_left_as_it_is(ForeignChangePolicy policy, ForeignChangeAnswer answer)
    {
        Have("hello", Referring);
        Have("hello-routes", Serving);
        var baseline = await RunAsync();
        var before = await MarkAsync("hello-routes");

        Have("hello", Referring.Replace("hello-routes", "others", StringComparison.Ordinal));
        Assert.NotEqual(before, await MarkAsync("hello-routes"));
        Resources.Writes.Clear();
        var check = await Router.CheckAsync(Left(baseline, policy), default);

        Assert.Equal(
            [("VirtualService foo/hello", "spec.http.delegate", "\"foo/hello-routes\"", "\"foo/others\"", answer)],
            check.Changes.Select(change => (change.Object, change.Field, change.Was!, change.Is!, change.Answer)));
        Assert.Empty(Resources.Writes);
        Assert.Equal(check.Mark, await MarkAsync("hello-routes"));
    }

    [Fact]
    public async Task A_division_under_versions_that_were_seen_is_written_to_the_delegate_unless_somebody_wrote_since()
    {
        Have("hello", Referring);
        Have("hello-routes", Serving);
        var baseline = await RunAsync();
        var root = Routes!.ToJsonString();
        var seen = await MarkAsync(baseline.Delegate);

        Assert.Equal(Change.Updated, (await Router.SetSeenAsync(baseline.With(Candidate, 30), seen, default))!.Change);
        Assert.Equal(root, Routes!.ToJsonString());
        Assert.Null(await Router.SetSeenAsync(baseline.With(Candidate, 40), seen, default));

        seen = await MarkAsync(baseline.Delegate);
        Have("hello", Referring);
        Assert.Null(await Router.SetSeenAsync(baseline.With(Candidate, 40), seen, default));
    }

    [Fact]
    public async Task What_others_change_of_the_delegate_is_put_back_there()
    {
        Have("hello", Referring);
        Have("hello-routes", Serving);
        var baseline = await RunAsync();
        var left = Ours(Inner);
        var theirs = Inner!;
        theirs["spec"]!["http"]![1]!["route"]![0]!["weight"] = 1;
        Resources.Put(ResourceType.VirtualService, theirs);

        var change = Assert.Single((await Router.CheckAsync(Left(baseline), default)).Changes);

        Assert.Equal(("VirtualService foo/hello-routes", ForeignChangeAnswer.Repaired, left), (change.Object, change.Answer, Ours(Inner)));
    }

    [Theory]
    [InlineData(Referring, null, "VirtualService foo/hello delegates to VirtualService foo/hello-routes, which is not there")]
    [InlineData(Referring, "hosts: [a], http: [{route: [{destination: {host: hello, subset: v0-0-1}}]}]", "which is none: Istio leaves one with hosts or gateways out")]
    [InlineData(Referring, "http: [{delegate: {name: third}}]", "which delegates again")]
    [InlineData(Referring, "http: [{route: [{destination: {host: other}}]}]", "VirtualService foo/hello-routes has no HTTP route to hello")]
    [InlineData("hosts: [a], http: [{delegate: {name: x, namespace: bar}}]", null, "delegates to bar/x: a canary steers routes of its own namespace only")]
    [InlineData("hosts: [a], http: [{delegate: {name: x}}, {delegate: {name: y}}]", null, "delegates to several: foo/x, foo/y")]
    public async Task A_delegate_that_cannot_be_steered_is_refused_before_the_first_write(string root, string? inner, string message)
    {
        Have("hello", root);
        if (inner is not null)
        {
            Have("hello-routes", inner);
        }

        var error = await Assert.ThrowsAsync<TrafficException>(() => Router.CaptureAsync("foo", "hello", Candidate, default));

        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Empty(Resources.Writes);
    }

    [Fact]
    public async Task A_root_with_a_route_of_its_own_to_the_service_is_steered_itself()
    {
        Have("hello", "hosts: [a], http: [{match: [{uri: {prefix: /x}}], delegate: {name: x}}, {name: default, route: [{destination: {host: hello, subset: v0-0-1}}]}]");

        Assert.Null((await Router.CaptureAsync("foo", "hello", Candidate, default)).Delegate);
    }

    private void Have(string name, string spec) => Resources.Put(ResourceType.VirtualService, Yaml.Read($$"""
        apiVersion: networking.istio.io/v1
        kind: VirtualService
        metadata: {name: {{name}}, namespace: foo}
        spec: { {{spec}} }
        """));

    private async Task<TrafficBaseline> RunAsync()
    {
        var baseline = await Router.CaptureAsync("foo", "hello", Candidate, default);
        await Router.AddSubsetAsync(baseline.With(Candidate, 0), default);
        await Router.SetAsync(baseline.With(Candidate, 20, Preview), default);
        return baseline;
    }

    private static SteeredTraffic Left(TrafficBaseline baseline, ForeignChangePolicy policy = ForeignChangePolicy.Repair) =>
        new(baseline, baseline.With(Candidate, 20, Preview), HasSubset: true, policy);

    private Task<string> MarkAsync(string? @delegate) =>
        RuleMark.ReadAsync(Resources, new("foo", "hello", "v0-0-1", Candidate, 0) { Delegate = @delegate }, default);
}
