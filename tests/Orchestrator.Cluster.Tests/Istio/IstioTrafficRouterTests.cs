using System.Net;
using System.Text.Json.Nodes;
using Orchestrator.Cluster.Istio;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Domain.Canaries;
using Orchestrator.Domain.Traffic;
using Orchestrator.Fakes;
using Orchestrator.TestKit;

namespace Orchestrator.Cluster.Tests.Istio;

public sealed class IstioTrafficRouterTests : RoutedByIstio
{
    [Fact]
    public async Task What_is_captured_is_restored_byte_for_byte()
    {
        var (routes, subsets) = (Ours(Routes), Ours(Subsets));
        var baseline = await Router.CaptureAsync("foo", "hello", "v0-0-2", default);
        await Router.AddSubsetAsync(Ten, default);
        await Router.SetAsync(Ten, default);
        var labelled = Routes!;
        labelled["spec"]!["hosts"] = new JsonArray("elsewhere.example");
        Resources.Put(ResourceType.VirtualService, labelled);

        await RestoreAsync(baseline, ForeignChangePolicy.Repair);

        Assert.Equal((routes, subsets), (Ours(Routes), Ours(Subsets)));
    }

    [Fact]
    public async Task A_state_that_holds_is_not_written_again()
    {
        await Router.AddSubsetAsync(Ten, default);
        var first = await Router.SetAsync(Ten, default);
        Resources.Writes.Clear();

        Assert.Equal(Change.Unchanged, (await Router.AddSubsetAsync(Ten, default)).Change);
        Assert.Equal(first with { Change = Change.Unchanged }, await Router.SetAsync(Ten, default));
        Assert.Empty(Resources.Writes);
    }

    [Fact]
    public async Task A_write_in_between_is_kept_and_edited_over()
    {
        await Router.AddSubsetAsync(Ten, default);
        var foreign = 2;
        Resources.OnCall = call =>
        {
            if (call.StartsWith("patch VirtualService", StringComparison.Ordinal) && foreign-- > 0)
            {
                var changed = Routes!;
                changed["spec"]!["http"]!.AsArray().Add(new JsonObject { ["name"] = $"foreign-{foreign}" });
                Resources.Put(ResourceType.VirtualService, changed);
            }
        };

        var applied = await Router.SetAsync(Ten, default);

        Assert.Equal(Change.Updated, applied.Change);
        Assert.Equal(applied.ResourceVersion, Routes!["metadata"]!["resourceVersion"]!.GetValue<string>());
        Assert.Equal(
            ["canary-preview-hello", "default", "foreign-1", "foreign-0"],
            Routes!["spec"]!["http"]!.AsArray().Select(route => route!["name"]!.GetValue<string>()));
    }

    [Fact]
    public async Task A_rule_that_never_rests_is_an_error_that_may_be_tried_again()
    {
        await Router.AddSubsetAsync(Ten, default);
        Resources.OnCall = call =>
        {
            if (call.StartsWith("patch", StringComparison.Ordinal))
            {
                throw FakeResources.Refusal(HttpStatusCode.Conflict, "Conflict", "changed");
            }
        };

        Assert.Contains("changed by others", (await Assert.ThrowsAsync<TimeoutException>(() => Router.SetAsync(Ten, default))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_request_is_sent_to_a_subset_that_is_not_there()
    {
        var error = await Assert.ThrowsAsync<TrafficException>(() => Router.SetAsync(Ten, default));
        Assert.Contains("no subset 'v0-0-2'", error.Message, StringComparison.Ordinal);
        Assert.Empty(Resources.Writes);
    }

    [Fact]
    public async Task A_subset_goes_only_when_no_route_needs_it()
    {
        await Router.AddSubsetAsync(Ten, default);
        await Router.SetAsync(Ten, default);
        Assert.Equal(Change.Unchanged, (await Router.DropSubsetAsync("foo", "hello", "v0-0-1", default)).Change);

        await Router.SetAsync(Ten with { Weight = 100, Preview = null }, default);
        await Router.DropSubsetAsync("foo", "hello", "v0-0-1", default);

        Assert.Equal(["v0-0-2"], Subsets!["spec"]!["subsets"]!.AsArray().Select(subset => subset!["name"]!.GetValue<string>()));
    }

    [Fact]
    public async Task After_promotion_only_the_versions_differ()
    {
        var (routes, subsets) = (Ours(Routes), Ours(Subsets));
        var baseline = await Router.CaptureAsync("foo", "hello", "v0-0-2", default);
        await Router.AddSubsetAsync(Ten, default);
        await Router.SetAsync(baseline.With("v0-0-2", 10, Ten.Preview), default);
        await Router.SetAsync(baseline.With("v0-0-2", 100), default);
        await Router.DropSubsetAsync("foo", "hello", "v0-0-1", default);

        Assert.Equal(
            (routes.Replace("v0-0-1", "v0-0-2", StringComparison.Ordinal), subsets.Replace("v0-0-1", "v0-0-2", StringComparison.Ordinal)),
            (Ours(Routes), Ours(Subsets)));
    }

    [Fact]
    public async Task A_preview_left_behind_is_not_captured()
    {
        await Router.AddSubsetAsync(Ten, default);
        await Router.SetAsync(Ten with { Weight = 0 }, default);

        var baseline = await Router.CaptureAsync("foo", "hello", "v0-0-2", default);

        Assert.Equal(["default"], baseline.VirtualService!.Spec["http"]!.AsArray().Select(route => route!["name"]!.GetValue<string>()));
    }

    [Theory]
    [InlineData("v0-0-1", "has all the traffic")]
    [InlineData("foreign", "selects other pods")]
    public async Task A_canary_that_cannot_begin_says_why(string candidate, string message)
    {
        var subsets = Subsets!;
        subsets["spec"]!["subsets"]!.AsArray().Add(new JsonObject { ["name"] = "foreign", ["labels"] = new JsonObject { ["version"] = "x" } });
        Resources.Put(ResourceType.DestinationRule, subsets);

        var error = await Assert.ThrowsAsync<TrafficException>(() => Router.CaptureAsync("foo", "hello", candidate, default));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_split_that_stands_already_cannot_be_a_baseline()
    {
        await Router.AddSubsetAsync(Ten, default);
        await Router.SetAsync(Ten, default);
        var error = await Assert.ThrowsAsync<TrafficException>(() => Router.CaptureAsync("foo", "hello", "v0-0-3", default));
        Assert.Contains("between 'v0-0-1' and 'v0-0-2'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_service_without_rules_is_named() =>
        Assert.Contains("There is no VirtualService foo/nope", (await Assert.ThrowsAsync<TrafficException>(
            () => Router.CaptureAsync("foo", "nope", "v2", default))).Message, StringComparison.Ordinal);

    private async Task RestoreAsync(TrafficBaseline baseline, ForeignChangePolicy policy)
    {
        var left = new SteeredTraffic(baseline, Ten, HasSubset: true, policy);
        await Router.RestoreRoutesAsync(left, default);
        await Router.RestoreSubsetsAsync(left, default);
    }
}
