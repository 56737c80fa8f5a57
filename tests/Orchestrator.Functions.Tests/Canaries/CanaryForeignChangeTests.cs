using System.Text.Json.Nodes;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Domain.Canaries;
using Orchestrator.Domain.Traffic;
using Orchestrator.Fakes;

namespace Orchestrator.Functions.Tests.Canaries;

/// <summary>Somebody else changes what a run steers, while it runs.</summary>
public sealed class CanaryForeignChangeTests
{
    private const string Candidate = "v0-0-2";
    private const string Steps = """{"setWeight":10},{"approve":{"timeout":"1h"}},{"setWeight":50}""";

    [Fact]
    public async Task Weights_that_somebody_changes_are_put_back_and_told()
    {
        await using var host = await BeginAsync("repair");
        var promoted = Promoted(host);

        Edit(host, "kubectl-edit", spec => (spec["http"]![0]!["route"]![0]!["weight"], spec["http"]![0]!["route"]![1]!["weight"]) = (50, 50));

        var view = await host.UntilAsync("the change to be told", view => view.Changes is not null);
        var change = Assert.Single(view.Changes!);
        Assert.Equal(
            ("VirtualService foo/hello", "spec.http[name=default].route", "kubectl-edit", ForeignChangeAnswer.Repaired),
            (change.Object, change.Field, change.By, change.Answer));
        Assert.Equal((CanaryPhase.AwaitingApproval, 10), (view.Phase, host.Cluster.Weights[Candidate]));

        await host.SayAcceptedAsync("approve");
        await host.UntilAsync(CanaryPhase.Promoted);
        Assert.Equal(promoted, host.Cluster.Rules);
        var told = Assert.Single((await host.EndOfRunAsync(1)).Changes!);
        Assert.Contains("\"weight\":50", told.Is!, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("route")]
    [InlineData("subset")]
    [InlineData("pods")]
    public async Task A_change_is_answered_long_before_the_next_sample_is_due(string what)
    {
        await using var host = await BeginAsync("repair", interval: "1h", steps: """{"setWeight":10},{"approve":{"timeout":"9h"}}""");
        var before = Promoted(host);
        for (var time = 1; time <= 2; time++)
        {
            switch (what)
            {
                case "route":
                    Edit(host, "ann", spec => spec["hosts"] = new JsonArray($"elsewhere{time}.example"));
                    break;
                case "subset":
                    var rule = host.Cluster.Resources.Get(ResourceType.DestinationRule, "foo", "hello")!;
                    rule["spec"]!["subsets"]!.AsArray().RemoveAt(1);
                    host.Cluster.Resources.Put(ResourceType.DestinationRule, rule);
                    break;
                default:
                    var deployment = host.Cluster.Deployment(Candidate)!;
                    deployment["spec"]!["template"]!["spec"]!["containers"]![0]!["image"] = "hello:other";
                    host.Cluster.Resources.Put(ResourceType.Deployment, deployment);
                    break;
            }

            await host.UntilAsync(
                $"repair {time}", view => view.Changes?.Count == time && view.Changes.All(change => change.Answer == ForeignChangeAnswer.Repaired));
        }

        Assert.All((await host.ViewAsync()).Analysis, metric => Assert.Equal(0, metric.Samples));
        await host.SayAcceptedAsync("promote?full=true");
        await host.UntilAsync(CanaryPhase.Promoted);
        Assert.Equal(before, host.Cluster.Rules);
    }

    [Fact]
    public async Task Weights_that_somebody_changes_hold_a_run_that_respects_it_until_it_is_resumed()
    {
        await using var host = await BeginAsync("respect");

        Edit(host, "kubectl-edit", spec => (spec["http"]![0]!["route"]![0]!["weight"], spec["http"]![0]!["route"]![1]!["weight"]) = (70, 30));

        var paused = await host.UntilAsync(CanaryPhase.Paused);
        Assert.Contains("kubectl-edit changed spec.http[name=default].route of VirtualService foo/hello", paused.WaitingFor!.What, StringComparison.Ordinal);
        Assert.Equal((30, ForeignChangeAnswer.Held), (host.Cluster.Weights[Candidate], paused.Changes!.Single().Answer));

        await host.SayAcceptedAsync("resume");
        await host.UntilAsync(CanaryPhase.AwaitingApproval);
        Assert.Equal(30, host.Cluster.Weights[Candidate]);
        await host.SayAcceptedAsync("approve");
        await host.UntilAsync(CanaryPhase.Promoted);
    }

    [Fact]
    public async Task What_is_none_of_the_runs_concern_is_kept_and_outlasts_a_rollback()
    {
        await using var host = await BeginAsync("respect");

        Edit(host, "ann", spec => spec["http"]![0]!["timeout"] = "7s");
        await host.UntilAsync("the change to be told", view => view.Changes is [{ Answer: ForeignChangeAnswer.Kept }]);
        await host.SayAcceptedAsync("reject");
        await host.UntilAsync(CanaryPhase.RolledBack);

        Assert.Equal(host.Before.Replace("\"weight\":100}]", "\"weight\":100}],\"timeout\":\"7s\"", StringComparison.Ordinal), host.Cluster.Rules);
    }

    [Fact]
    public async Task A_change_ends_a_run_that_is_to_abort_and_stays()
    {
        await using var host = await BeginAsync("abort");

        Edit(host, "argocd-controller", spec => spec["hosts"] = new JsonArray("elsewhere.example"));

        var end = await host.UntilAsync(CanaryPhase.RolledBack);
        Assert.Equal("argocd-controller changed spec.hosts of VirtualService foo/hello", end.Reason);
        Assert.Equal(host.Before.Replace("[\"*\"]", "[\"elsewhere.example\"]", StringComparison.Ordinal), host.Cluster.Rules);
        Assert.Null(host.Cluster.Deployment(Candidate));
    }

    [Fact]
    public async Task What_changed_while_nothing_was_judged_is_seen_before_the_next_write()
    {
        await using var host = await BeginAsync("abort", """{"approve":{"timeout":"1h"}},{"setWeight":50}""", weight: 0);
        Edit(host, "ann", spec => spec["http"]![0]!["route"]![0]!["destination"]!["port"] = new JsonObject { ["number"] = 9090 });

        await host.SayAcceptedAsync("approve");

        Assert.StartsWith("ann changed spec.http[name=default]", (await host.UntilAsync(CanaryPhase.RolledBack)).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_changed_since_the_last_sample_is_put_back_before_the_next_write()
    {
        await using var host = await BeginAsync("repair");
        await host.UntilAsync("a sample", view => view.Analysis.Any(metric => metric.Samples > 0));
        Edit(host, "ann", spec => spec["hosts"] = new JsonArray("elsewhere.example"));

        await host.SayAcceptedAsync("approve");

        await host.UntilAsync(CanaryPhase.Promoted);
        Assert.Equal(Promoted(host), host.Cluster.Rules);
    }

    [Fact]
    public async Task A_rule_that_is_deleted_is_made_again()
    {
        await using var host = await BeginAsync("repair");
        var promoted = Promoted(host);
        await host.Cluster.Resources.DeleteAsync(ResourceType.VirtualService, "foo", "hello", uid: null, default);

        await host.UntilAsync("the change to be told", view => view.Changes is [{ Object: "VirtualService foo/hello", Field: "", Answer: ForeignChangeAnswer.Repaired }]);
        Assert.Equal(10, host.Cluster.Weights[Candidate]);
        await host.SayAcceptedAsync("approve");
        await host.UntilAsync(CanaryPhase.Promoted);
        Assert.Equal(promoted, host.Cluster.Rules);
    }

    [Theory]
    [InlineData("image")]
    [InlineData("replicas")]
    [InlineData("deleted")]
    public async Task The_runs_own_Deployment_is_put_back(string edit)
    {
        await using var host = await BeginAsync("repair");
        var before = Pods(host);
        var deployment = host.Cluster.Deployment(Candidate)!;
        switch (edit)
        {
            case "image":
                deployment["spec"]!["template"]!["spec"]!["containers"]![0]!["image"] = "hello:other";
                host.Cluster.Resources.Put(ResourceType.Deployment, deployment);
                break;
            case "replicas":
                deployment["spec"]!["replicas"] = 0;
                host.Cluster.Resources.Put(ResourceType.Deployment, deployment);
                break;
            default:
                await host.Cluster.Resources.DeleteAsync(ResourceType.Deployment, "foo", $"hello-{Candidate}", uid: null, default);
                break;
        }

        await host.UntilAsync("the change to be told", view => view.Changes is [{ Object: "Deployment foo/hello-v0-0-2", Answer: ForeignChangeAnswer.Repaired }]);
        Assert.Equal(before, Pods(host));
        await host.SayAcceptedAsync("approve");
        await host.UntilAsync(CanaryPhase.Promoted);

        static string Pods(CanaryHost host) =>
            $"{host.Cluster.Deployment(Candidate)!["spec"]!["replicas"]} {host.Cluster.Deployment(Candidate)!["spec"]!["template"]!.ToJsonString()}";
    }

    [Fact]
    public async Task Somebody_who_insists_ends_the_run()
    {
        await using var host = await BeginAsync("repair");
        host.Cluster.Resources.OnCall = call =>
        {
            // Whoever it is writes again as soon as the run has put it back.
            if (call.StartsWith("list Deployment", StringComparison.Ordinal) && host.Cluster.Weights.GetValueOrDefault(Candidate) == 10)
            {
                Insist();
            }
        };
        Insist();

        var end = await host.UntilAsync(CanaryPhase.RolledBack);

        Assert.StartsWith("flux changed spec.http[name=default].route of VirtualService foo/hello, and again after 10 repairs", end.Reason, StringComparison.Ordinal);
        Assert.Equal(host.Before, host.Cluster.Rules);

        void Insist() => Edit(host, "flux", spec => (spec["http"]![0]!["route"]![0]!["weight"], spec["http"]![0]!["route"]![1]!["weight"]) = (50, 50));
    }

    private static async Task<CanaryHost> BeginAsync(string policy, string steps = Steps, int weight = 10, string interval = "5s")
    {
        var host = await CanaryHost.StartAsync();
        host.Cluster.Metrics.Set(Candidate);
        await host.SubmitAcceptedAsync(Candidate, steps, $$""","onForeignChange":"{{policy}}","analysis":{"interval":"{{interval}}"},"keepStable":"0s" """);
        await host.UntilAsync("approval to be awaited", view => view is { Phase: CanaryPhase.AwaitingApproval } && view.Weights.Canary == weight);
        return host;
    }

    private static string Promoted(CanaryHost host) => host.Before.Replace("v0-0-1", Candidate, StringComparison.Ordinal);

    private static void Edit(CanaryHost host, string manager, Action<JsonNode> edit)
    {
        var routes = host.Cluster.Resources.Get(ResourceType.VirtualService, "foo", "hello")!;
        edit(routes["spec"]!);
        routes["metadata"]!["managedFields"] = new JsonArray(new JsonObject { ["manager"] = manager, ["time"] = "2099-01-01T00:00:00Z" });
        host.Cluster.Resources.Put(ResourceType.VirtualService, routes);
    }
}
