using System.Text.Json.Nodes;
using CsCheck;
using Orchestrator.Cluster.Istio;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Domain.Canaries;
using Orchestrator.Domain.Traffic;
using Orchestrator.Fakes;
using Orchestrator.TestKit;

namespace Orchestrator.Cluster.Tests.Istio;

/// <summary>What becomes of the changes that others make of the rules of a run.</summary>
public sealed class ForeignChangeTests : RoutedByIstio
{
    /// <summary>What somebody does, and what is told of it: the field, and whether it is the run's own part.</summary>
    public static TheoryData<string, string, string, bool> Edits => new()
    {
        { "weights", "VirtualService", "spec.http[name=default].route", true },
        { "preview", "VirtualService", "spec.http[name=canary-preview-hello]", true },
        { "added timeout", "VirtualService", "spec.http[name=default].timeout", false },
        { "hosts", "VirtualService", "spec.hosts", false },
        { "added label", "VirtualService", "metadata.labels.team", false },
        { "added route", "VirtualService", "spec.http[name=theirs]", false },
        { "route gone", "VirtualService", "spec.http[name=default]", true },
        { "foreign destination", "VirtualService", "spec.http[name=default].route", true },
        { "deleted", "VirtualService", "", true },
        { "subset gone", "DestinationRule", "spec.subsets[name=v0-0-2]", true },
        { "subset selects others", "DestinationRule", "spec.subsets[name=v0-0-2].labels.version", true },
        { "added policy", "DestinationRule", "spec.trafficPolicy", false },
        { "added subset", "DestinationRule", "spec.subsets[name=theirs]", false },
    };

    [Theory]
    [MemberData(nameof(Edits))]
    public async Task A_repair_leaves_the_rules_as_the_run_made_them_and_what_others_added(string edit, string kind, string field, bool isSteered)
    {
        var baseline = await RunAsync();
        var (routes, subsets) = (Ours(Routes), Ours(Subsets));
        Edit(edit);
        var isAdded = edit.StartsWith("added", StringComparison.Ordinal);

        var check = await Router.CheckAsync(new(baseline, Ten, HasSubset: true, ForeignChangePolicy.Repair), default);

        var change = Assert.Single(check.Changes, change => change.Field == field);
        Assert.Equal(
            ($"{kind} foo/hello", isAdded && !isSteered ? ForeignChangeAnswer.Kept : ForeignChangeAnswer.Repaired), (change.Object, change.Answer));
        Assert.Equal(isAdded, (routes, subsets) != (Ours(Routes), Ours(Subsets)));
        Assert.Equal(check.Mark, await RuleMark.ReadAsync(Resources, Ten, default));

        // Once it is put back there is nothing to put back.
        Resources.Writes.Clear();
        var again = await Router.CheckAsync(new(baseline, Ten, HasSubset: true, ForeignChangePolicy.Repair), default);
        Assert.DoesNotContain(again.Changes, left => left.Answer != ForeignChangeAnswer.Kept);
        Assert.Empty(Resources.Writes);
    }

    [Theory]
    [MemberData(nameof(Edits))]
    public async Task What_is_respected_or_ends_the_run_is_not_touched(string edit, string kind, string field, bool isSteered)
    {
        var baseline = await RunAsync();
        Edit(edit);
        var (routes, subsets) = (Ours(Routes), Ours(Subsets));
        Resources.Writes.Clear();

        var respected = await Router.CheckAsync(new(baseline, Ten, HasSubset: true, ForeignChangePolicy.Respect), default);
        var aborting = await Router.CheckAsync(new(baseline, Ten, HasSubset: true, ForeignChangePolicy.Abort), default);

        Assert.Equal(
            ($"{kind} foo/hello", isSteered ? ForeignChangeAnswer.Held : ForeignChangeAnswer.Kept),
            respected.Changes.Where(change => change.Field == field).Select(change => (change.Object, change.Answer)).Single());
        Assert.All(aborting.Changes, change => Assert.Equal(ForeignChangeAnswer.Aborted, change.Answer));
        Assert.Equal(((routes, subsets), 0), ((Ours(Routes), Ours(Subsets)), Resources.Writes.Count));
    }

    [Theory]
    [InlineData("added timeout")]
    [InlineData("hosts")]
    [InlineData("added label")]
    [InlineData("added route")]
    [InlineData("added policy")]
    [InlineData("added subset")]
    public async Task After_a_rollback_that_respects_it_only_the_change_of_others_differs_from_before(string edit)
    {
        Edit(edit);
        var (routes, subsets) = (Ours(Routes), Ours(Subsets));
        Reset();
        var baseline = await RunAsync();
        Edit(edit);

        var left = new SteeredTraffic(baseline, Ten, HasSubset: true, ForeignChangePolicy.Respect);
        await Router.RestoreRoutesAsync(left, default);
        await Router.RestoreSubsetsAsync(left, default);

        Assert.Equal((routes, subsets), (Ours(Routes), Ours(Subsets)));
    }

    [Theory]
    [MemberData(nameof(Edits))]
    public async Task After_a_rollback_that_repairs_all_is_as_before_but_for_what_was_added(string edit, string kind, string field, bool isSteered)
    {
        var (routes, subsets) = (Routes!, Subsets!);
        var baseline = await RunAsync();
        Edit(edit);

        var left = new SteeredTraffic(baseline, Ten, HasSubset: true, ForeignChangePolicy.Repair);
        await Router.RestoreRoutesAsync(left, default);
        await Router.RestoreSubsetsAsync(left, default);

        Assert.Equal(
            edit.StartsWith("added", StringComparison.Ordinal) ? [(kind, field, isSteered)] : [],
            from pair in ((JsonObject, JsonObject)[])[(routes, Routes!), (subsets, Subsets!)]
            from difference in RuleComparison.Between(pair.Item1, pair.Item2)
            select (pair.Item1.Kind, difference.Field, difference.Left is not null));
    }

    [Fact]
    public async Task What_was_written_after_the_look_is_not_written_over()
    {
        await RunAsync();
        var seen = await RuleMark.ReadAsync(Resources, Ten, default);
        Edit("added label");
        var routes = Ours(Routes);
        Resources.Writes.Clear();

        Assert.Null(await Router.SetSeenAsync(Ten with { Weight = 40 }, seen, default));
        Assert.Equal((routes, 0), (Ours(Routes), Resources.Writes.Count));
        Assert.Equal(Change.Updated, (await Router.SetSeenAsync(Ten with { Weight = 40 }, await RuleMark.ReadAsync(Resources, Ten, default), default))?.Change);
    }

    [Theory]
    [InlineData("patch VirtualService")]
    [InlineData("get VirtualService")]
    public async Task What_is_written_at_the_moment_of_the_write_is_left_to_another_look(string moment)
    {
        await RunAsync();
        var seen = await RuleMark.ReadAsync(Resources, Ten, default);
        var isLate = moment.StartsWith("get", StringComparison.Ordinal);
        Resources.OnCall = call =>
        {
            if (call.StartsWith(moment, StringComparison.Ordinal) && (!isLate || Resources.Writes.Contains("patch VirtualService hello")))
            {
                Resources.OnCall = null;
                Edit("weights");
            }
        };
        Resources.Writes.Clear();

        Assert.Null(await Router.SetSeenAsync(Ten with { Weight = 40 }, seen, default));
        Assert.Equal("50", Routes!["spec"]!["http"]![1]!["route"]![1]!["weight"]!.ToJsonString());
    }

    [Theory]
    [InlineData(ForeignChangePolicy.Repair, ForeignChangeAnswer.Repaired)]
    [InlineData(ForeignChangePolicy.Respect, ForeignChangeAnswer.Kept)]
    [InlineData(ForeignChangePolicy.Abort, ForeignChangeAnswer.Kept)]
    public async Task What_comes_while_another_change_is_answered_is_told_too(ForeignChangePolicy policy, ForeignChangeAnswer answer)
    {
        var baseline = await RunAsync();
        var left = new SteeredTraffic(baseline, Ten, HasSubset: true, policy);
        Edit("weights");
        Resources.OnCall = call =>
        {
            if (call == "patch VirtualService hello")
            {
                Resources.OnCall = null;
                Edit("hosts");
            }
        };

        var told = policy == ForeignChangePolicy.Repair
            ? (await Router.CheckAsync(left, default)).Changes
            : (await Router.RestoreRoutesAsync(left, default)).Changes;

        Assert.Equal(
            [("spec.http[name=default].route", ForeignChangeAnswer.Repaired), ("spec.hosts", answer)],
            told.Select(change => (change.Field, change.Answer)));
    }

    [Fact]
    public async Task The_orchestrators_own_write_is_no_change_of_others()
    {
        var baseline = await RunAsync();
        await Router.SetAsync(Ten with { Weight = 40 }, default);

        Assert.Empty((await Router.CheckAsync(new(baseline, Ten with { Weight = 40 }, HasSubset: true, ForeignChangePolicy.Abort), default)).Changes);
    }

    [Fact]
    public void What_is_put_back_holds_all_that_was_left_and_all_that_was_added()
    {
        var item = Gen.Select(Gen.Int[0, 4].Select(number => $"route{number}"), Gen.Int[0, 2]).Select((name, value) => new JsonObject { ["name"] = name, ["value"] = value });
        var rule = Gen.Select(item.Array[0, 5], Gen.Int[0, 2], Gen.Bool).Select((items, number, labelled) => new JsonObject
        {
            ["metadata"] = labelled ? new JsonObject { ["labels"] = new JsonObject { [$"label{number}"] = "x" } } : [],
            ["spec"] = new JsonObject
            {
                ["http"] = new JsonArray([.. items.DistinctBy(one => (string?)one["name"]).Select(one => one.DeepClone())]),
                ["hosts"] = new JsonArray($"host{number}"),
            },
        });
        Gen.Select(rule, rule).Sample((left, found) =>
        {
            var merged = RuleComparison.PutBack(left, found);
            var differences = RuleComparison.Between(left, merged);
            var names = Names(merged);

            // Nothing of what was left is missing or different, or in another order; everything that was added is there, once.
            Assert.DoesNotContain(differences, difference => difference.Left is not null);
            Assert.Equal(Names(left), names.Where(Names(left).Contains));
            Assert.Equal(Names(left).Union(Names(found)).Order(), names.Order());
            Assert.Empty(RuleComparison.Between(merged, RuleComparison.PutBack(left, merged)));
        });

        static List<string> Names(JsonObject rule) => [.. rule.Items("spec", "http").Select(one => one.Text("name")!)];
    }

    private async Task<TrafficBaseline> RunAsync()
    {
        var baseline = await Router.CaptureAsync("foo", "hello", "v0-0-2", default);
        await Router.AddSubsetAsync(Ten, default);
        await Router.SetAsync(Ten, default);
        return baseline;
    }

    private void Edit(string edit)
    {
        var (routes, subsets) = (Routes!, Subsets!);
        var http = routes["spec"]!["http"]!.AsArray();
        var route = http.Single(route => route.Text("name") == "default")!;
        var items = subsets["spec"]!["subsets"]!.AsArray();
        var candidate = items.FirstOrDefault(subset => subset.Text("name") == "v0-0-2");
        switch (edit)
        {
            case "weights":
                (route["route"]![0]!["weight"], route["route"]![1]!["weight"]) = (50, 50);
                break;
            case "preview":
                http.Remove(http.Single(one => one.Text("name") == "canary-preview-hello"));
                break;
            case "added timeout":
                route["timeout"] = "7s";
                break;
            case "hosts":
                routes["spec"]!["hosts"] = new JsonArray("elsewhere.example");
                break;
            case "added label":
                routes["metadata"]!["labels"] ??= new JsonObject();
                routes["metadata"]!["labels"]!["team"] = "theirs";
                break;
            case "added route":
                http.Insert(0, new JsonObject { ["name"] = "theirs", ["match"] = new JsonArray(new JsonObject { ["uri"] = new JsonObject { ["prefix"] = "/theirs" } }) });
                break;
            case "route gone":
                http.Remove(route);
                break;
            case "foreign destination":
                route["route"]!.AsArray().Add(new JsonObject { ["destination"] = new JsonObject { ["host"] = "hello", ["subset"] = "v9" }, ["weight"] = 0 });
                break;
            case "deleted":
                Resources.DeleteAsync(ResourceType.VirtualService, "foo", "hello", uid: null, default);
                return;
            case "subset gone":
                items.Remove(candidate);
                break;
            case "subset selects others":
                candidate!["labels"]!["version"] = "v9";
                break;
            case "added policy":
                subsets["spec"]!["trafficPolicy"] = new JsonObject { ["connectionPool"] = new JsonObject { ["http"] = new JsonObject { ["http1MaxPendingRequests"] = 1 } } };
                break;
            default:
                items.Add(new JsonObject { ["name"] = "theirs", ["labels"] = new JsonObject { ["version"] = "v9" } });
                break;
        }

        Resources.Put(ResourceType.VirtualService, routes);
        Resources.Put(ResourceType.DestinationRule, subsets);
    }
}
