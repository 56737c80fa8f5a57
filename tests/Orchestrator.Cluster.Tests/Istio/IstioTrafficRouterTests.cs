using System.Net;
using System.Text.Json.Nodes;
using Orchestrator.Cluster.Istio;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Domain.Canaries;
using Orchestrator.Domain.Traffic;
using Orchestrator.Fakes;
using Orchestrator.TestKit;

namespace Orchestrator.Cluster.Tests.Istio;

public sealed class IstioTrafficRouterTests
{
    private static readonly TrafficSplit Ten = new("foo", "hello", "v0-0-1", "v0-0-2", 10, new("version", "v0-0-2"), StatesWeight: true);
    private readonly FakeResources resources = new();
    private readonly IstioTrafficRouter router;

    public IstioTrafficRouterTests()
    {
        router = new(resources);
        const string cases = "tests/Orchestrator.Cluster.Tests/Istio/cases";
        resources.Put(ResourceType.VirtualService, Yaml.Read(GoldenCases.Read(cases, "first-weight", "virtualservice.yaml")));
        resources.Put(ResourceType.DestinationRule, Yaml.Read(GoldenCases.Read(cases, "first-weight", "destinationrule.yaml")));
    }

    private JsonObject Routes => resources.Get(ResourceType.VirtualService, "foo", "hello")!;

    private JsonObject Subsets => resources.Get(ResourceType.DestinationRule, "foo", "hello")!;

    [Fact]
    public async Task What_is_captured_is_restored_byte_for_byte()
    {
        var (routes, subsets) = (Ours(Routes), Ours(Subsets));
        var baseline = await router.CaptureAsync("foo", "hello", "v0-0-2", default);
        await router.AddSubsetAsync(Ten, default);
        await router.SetAsync(Ten, default);
        var labelled = Routes;
        labelled["spec"]!["hosts"] = new JsonArray("elsewhere.example");
        resources.Put(ResourceType.VirtualService, labelled);

        await RestoreAsync(baseline, ForeignChangePolicy.Repair);

        Assert.Equal((routes, subsets), (Ours(Routes), Ours(Subsets)));
    }

    [Fact]
    public async Task A_state_that_holds_is_not_written_again()
    {
        await router.AddSubsetAsync(Ten, default);
        var first = await router.SetAsync(Ten, default);
        resources.Writes.Clear();

        Assert.Equal(Change.Unchanged, (await router.AddSubsetAsync(Ten, default)).Change);
        Assert.Equal(first with { Change = Change.Unchanged }, await router.SetAsync(Ten, default));
        Assert.Empty(resources.Writes);
    }

    [Fact]
    public async Task A_write_in_between_is_kept_and_edited_over()
    {
        await router.AddSubsetAsync(Ten, default);
        var foreign = 2;
        resources.OnCall = call =>
        {
            if (call.StartsWith("patch VirtualService", StringComparison.Ordinal) && foreign-- > 0)
            {
                var changed = Routes;
                changed["spec"]!["http"]!.AsArray().Add(new JsonObject { ["name"] = $"foreign-{foreign}" });
                resources.Put(ResourceType.VirtualService, changed);
            }
        };

        var applied = await router.SetAsync(Ten, default);

        Assert.Equal(Change.Updated, applied.Change);
        Assert.Equal(applied.ResourceVersion, Routes["metadata"]!["resourceVersion"]!.GetValue<string>());
        Assert.Equal(
            ["canary-preview-hello", "default", "foreign-1", "foreign-0"],
            Routes["spec"]!["http"]!.AsArray().Select(route => route!["name"]!.GetValue<string>()));
    }

    [Fact]
    public async Task A_rule_that_never_rests_is_an_error_that_may_be_tried_again()
    {
        await router.AddSubsetAsync(Ten, default);
        resources.OnCall = call =>
        {
            if (call.StartsWith("patch", StringComparison.Ordinal))
            {
                throw FakeResources.Refusal(HttpStatusCode.Conflict, "Conflict", "changed");
            }
        };

        Assert.Contains("changed by others", (await Assert.ThrowsAsync<TimeoutException>(() => router.SetAsync(Ten, default))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_request_is_sent_to_a_subset_that_is_not_there()
    {
        var error = await Assert.ThrowsAsync<TrafficException>(() => router.SetAsync(Ten, default));
        Assert.Contains("no subset 'v0-0-2'", error.Message, StringComparison.Ordinal);
        Assert.Empty(resources.Writes);
    }

    [Fact]
    public async Task A_subset_goes_only_when_no_route_needs_it()
    {
        await router.AddSubsetAsync(Ten, default);
        await router.SetAsync(Ten, default);
        Assert.Equal(Change.Unchanged, (await router.DropSubsetAsync("foo", "hello", "v0-0-1", default)).Change);

        await router.SetAsync(Ten with { Weight = 100, Preview = null }, default);
        await router.DropSubsetAsync("foo", "hello", "v0-0-1", default);

        Assert.Equal(["v0-0-2"], Subsets["spec"]!["subsets"]!.AsArray().Select(subset => subset!["name"]!.GetValue<string>()));
    }

    [Fact]
    public async Task After_promotion_only_the_versions_differ()
    {
        var (routes, subsets) = (Ours(Routes), Ours(Subsets));
        var baseline = await router.CaptureAsync("foo", "hello", "v0-0-2", default);
        await router.AddSubsetAsync(Ten, default);
        await router.SetAsync(baseline.With("v0-0-2", 10, Ten.Preview), default);
        await router.SetAsync(baseline.With("v0-0-2", 100), default);
        await router.DropSubsetAsync("foo", "hello", "v0-0-1", default);

        Assert.Equal(
            (routes.Replace("v0-0-1", "v0-0-2", StringComparison.Ordinal), subsets.Replace("v0-0-1", "v0-0-2", StringComparison.Ordinal)),
            (Ours(Routes), Ours(Subsets)));
    }

    [Fact]
    public async Task A_preview_left_behind_is_not_captured()
    {
        await router.AddSubsetAsync(Ten, default);
        await router.SetAsync(Ten with { Weight = 0 }, default);

        var baseline = await router.CaptureAsync("foo", "hello", "v0-0-2", default);

        Assert.Equal(["default"], baseline.VirtualService!.Spec["http"]!.AsArray().Select(route => route!["name"]!.GetValue<string>()));
    }

    [Theory]
    [InlineData("v0-0-1", "has all the traffic")]
    [InlineData("foreign", "selects other pods")]
    public async Task A_canary_that_cannot_begin_says_why(string candidate, string message)
    {
        var subsets = Subsets;
        subsets["spec"]!["subsets"]!.AsArray().Add(new JsonObject { ["name"] = "foreign", ["labels"] = new JsonObject { ["version"] = "x" } });
        resources.Put(ResourceType.DestinationRule, subsets);

        var error = await Assert.ThrowsAsync<TrafficException>(() => router.CaptureAsync("foo", "hello", candidate, default));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_split_that_stands_already_cannot_be_a_baseline()
    {
        await router.AddSubsetAsync(Ten, default);
        await router.SetAsync(Ten, default);
        var error = await Assert.ThrowsAsync<TrafficException>(() => router.CaptureAsync("foo", "hello", "v0-0-3", default));
        Assert.Contains("between 'v0-0-1' and 'v0-0-2'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_service_without_rules_is_named() =>
        Assert.Contains("There is no VirtualService foo/nope", (await Assert.ThrowsAsync<TrafficException>(
            () => router.CaptureAsync("foo", "nope", "v2", default))).Message, StringComparison.Ordinal);

    private async Task RestoreAsync(TrafficBaseline baseline, ForeignChangePolicy policy)
    {
        var left = new SteeredTraffic(baseline, Ten, HasSubset: true, policy);
        await router.RestoreRoutesAsync(left, default);
        await router.RestoreSubsetsAsync(left, default);
    }

    /// <summary>What a run may change and must restore.</summary>
    private static string Ours(JsonObject resource) => $"{resource["metadata"]!["labels"]?.ToJsonString()} {resource["spec"]!.ToJsonString()}";
}
