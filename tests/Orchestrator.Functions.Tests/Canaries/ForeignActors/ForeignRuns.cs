using System.Collections.Concurrent;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Orchestrator.Cluster.Istio;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Domain.Canaries;
using Orchestrator.Domain.Traffic;
using Orchestrator.TestKit;
using ResourceType = Orchestrator.Cluster.Kubernetes.ResourceType;

namespace Orchestrator.Functions.Tests.Canaries.ForeignActors;

/// <summary>One run that somebody meddles with.</summary>
/// <param name="Edit">What he does.</param>
/// <param name="Policy">How the run is to answer.</param>
/// <param name="Moment">How long after the candidate first has traffic.</param>
public sealed record ForeignRun(ForeignEdit Edit, ForeignChangePolicy Policy, TimeSpan Moment)
{
    public override string ToString() => $"{Edit}, {Policy}, after {Moment.TotalMilliseconds:0} ms";
}

/// <summary>What became of a run.</summary>
/// <param name="Failure">What is otherwise than it should be; null for nothing.</param>
/// <param name="Answers">What the run told of what others changed.</param>
public sealed record ForeignRunEnd(string? Failure, IReadOnlyList<ForeignChange> Answers);

/// <summary>Plays runs beside each other, each in a tenant of its own, and looks at what is left.</summary>
public sealed class ForeignRuns(RunningApp app, ForeignActor actor)
{
    private const int AtOnce = 8;
    private static readonly JsonSerializerOptions Web = new(JsonSerializerDefaults.Web);
    private static readonly ResourceType[] Rules = [ResourceType.VirtualService, ResourceType.DestinationRule];

    /// <summary>Plays them all.</summary>
    /// <param name="tenants">What the names of their tenants begin with.</param>
    /// <param name="runs">The runs.</param>
    public async Task<IReadOnlyDictionary<ForeignRun, ForeignRunEnd>> PlayAsync(string tenants, IReadOnlyList<ForeignRun> runs)
    {
        var ends = new ConcurrentDictionary<ForeignRun, ForeignRunEnd>();
        await Parallel.ForEachAsync(
            runs.Index(),
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce },
            async (run, _) =>
            {
                try
                {
                    ends[run.Item] = await PlayAsync(run.Item, $"{tenants}{run.Index}");
                }
                catch (Exception e)
                {
                    ends[run.Item] = new(e.Message, []);
                }
            });
        return ends;
    }

    private async Task<ForeignRunEnd> PlayAsync(ForeignRun run, string tenant)
    {
        await OnboardAsync(tenant);
        var before = await RulesAsync(tenant);
        var path = $"/api/tenants/{tenant}/canaries/hello";
        (await app.Http.PostAsJsonAsync($"/api/tenants/{tenant}/canaries", JsonNode.Parse($$$"""
            {"service":"hello","candidate":{"version":"v0-0-2","image":"hello:0.0.2"},"onForeignChange":"{{{run.Policy.ToString().ToLowerInvariant()}}}",
             "steps":[{"setWeight":10},{"pause":{"duration":"2s"}},{"setWeight":40},{"approve":{}},{"setWeight":60}],
             "analysis":{"interval":"1s","onNoTraffic":"pass"},"deadline":"40s","keepStable":"0s"}
            """))).EnsureSuccessStatusCode();
        await ViewAsync(path, view => view.Weights.Canary > 0);
        await Task.Delay(run.Moment);
        await actor.EditAsync(tenant, run.Edit);

        // Whatever holds the run is answered by a person, who wants it to go on.
        for (CanaryView? view = null; view is null || !CanaryControl.IsOver(view.Phase);)
        {
            view = await ViewAsync(path, seen => CanaryControl.IsOver(seen.Phase) || seen.Phase is CanaryPhase.AwaitingApproval
                || (seen.Phase is CanaryPhase.Paused && seen.WaitingFor!.What.StartsWith("resume (", StringComparison.Ordinal)));
            if (view.Phase is CanaryPhase.AwaitingApproval or CanaryPhase.Paused)
            {
                // 409: it has gone on meanwhile.
                await app.Http.PostAsJsonAsync($"{path}/{(view.Phase == CanaryPhase.Paused ? "resume" : "approve")}", new { by = "ann", reason = "go on" });
            }
        }

        // A run that is over has its record once the last of its calls has ended.
        var record = await Eventually.GetAsync(
            async () => (await app.Http.GetFromJsonAsync<List<CanaryRecord>>($"{path}/history", Web))!.Find(run => run.Changes is not null || run.Samples.Count > 0),
            TimeSpan.FromSeconds(60),
            "the record of the run");
        var changes = record.Changes ?? [];
        return new(await FailureAsync(run, tenant, before, record.View.Phase, changes), changes);
    }

    private async Task<string?> FailureAsync(
        ForeignRun run, string tenant, IReadOnlyList<JsonObject?> before, CanaryPhase end, IReadOnlyList<ForeignChange> changes)
    {
        var title = KubernetesObject.Title(run.Edit.Type.Kind, tenant, run.Edit.Object);
        if (!changes.Any(change => change.Object == title && change.By is ForeignActor.Name or null))
        {
            return $"not told, but: {string.Join("; ", changes)}";
        }

        if (end != run.Edit.EndUnder(run.Policy))
        {
            return $"ended {end}";
        }

        var isPromoted = end is CanaryPhase.Promoted;
        List<string> kept = [];
        foreach (var (left, found) in before.Zip(await RulesAsync(tenant)))
        {
            if (found is null)
            {
                return run.Edit.Edit is null && run.Policy != ForeignChangePolicy.Repair ? null : $"{left!.Title} is gone";
            }

            var wanted = isPromoted ? JsonNode.Parse(left!.ToJsonString().Replace("v0-0-1", "v0-0-2", StringComparison.Ordinal))!.AsObject() : left!;
            kept.AddRange(RuleComparison.Between(wanted, found).Select(difference => $"{found.Kind} {difference.Field}: {difference.Found?.ToJsonString()}"));
        }

        var candidate = await app.Cluster.Resources.GetAsync(ResourceType.Deployment, tenant, "hello-v0-0-2", default);
        return (kept.Count > 0) != run.Edit.IsKeptUnder(run.Policy) ? $"differs from before: {string.Join("; ", kept)}"
            : isPromoted != candidate is { IsTerminating: false } ? "the candidate's Deployment does not fit the end"
            : null;
    }

    private async Task OnboardAsync(string tenant)
    {
        (await app.PutAsync($"/api/tenants/{tenant}", RunningApp.InnerTenant(tenant))).EnsureSuccessStatusCode();
        var ready = await app.PhaseAsync($"/api/tenants/{tenant}", "Ready", "RolledBack", "Failed");
        Assert.True(ready.Text("phase") == "Ready", ready.ToJsonString());
        await app.DeployAsync(tenant);
    }

    private async Task<IReadOnlyList<JsonObject?>> RulesAsync(string tenant) =>
        await Task.WhenAll(Rules.Select(rule => app.Cluster.Resources.GetAsync(rule, tenant, "hello", default)));

    private Task<CanaryView> ViewAsync(string path, Func<CanaryView, bool> condition) => Eventually.GetAsync(
        async () => await app.Http.GetFromJsonAsync<CanaryView>(path, Web) is { } view && condition(view) ? view : null,
        TimeSpan.FromSeconds(90),
        "the run to get on");
}
