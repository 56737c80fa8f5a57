using Microsoft.Extensions.Logging.Abstractions;
using Orchestrator.Activities.Canaries;
using Orchestrator.Activities.Tenants;
using Orchestrator.Cluster.Istio.Readiness;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Domain.Canaries;
using Orchestrator.Domain.Tenants;
using Orchestrator.Domain.Traffic;
using Orchestrator.TestKit;
using static Orchestrator.Activities.Tests.MeshedCluster;

namespace Orchestrator.Activities.Tests.Canaries;

/// <summary>What a run writes, on a cluster whose gateway pods learn late, each in its own time.</summary>
public sealed class AwaitPropagationOnClusterTests(MeshedCluster meshed) : IClassFixture<MeshedCluster>
{
    [Fact]
    public async Task A_write_is_proven_once_every_pod_obeys_it_and_its_subset()
    {
        var run = new TenantRun(
            "tenant.slow/1",
            new()
            {
                Tenant = "slow",
                Gateway = new() { Service = new(ServiceType.ClusterIP, [new("http2", 80, 8080)]) },
                Services = [new("hello", 8080, "/slow/", "v0-0-1")],
            },
            null);
        await DoneAsync(() => new EnsureNamespace(meshed.Directory).RunAsync(run, Context));
        await DoneAsync(() => new LabelNamespace(meshed.Directory).RunAsync(run, Context));
        await DoneAsync(() => new ApplyGateway(meshed.Directory).RunAsync(run, Context));
        await DoneAsync(() => new AwaitGateway(meshed.Directory).RunAsync(new(run, Limit), Context));
        await DoneAsync(() => new ApplySubsets(meshed.Directory).RunAsync(run, Context));
        await DoneAsync(() => new ApplyRoutes(meshed.Directory).RunAsync(run, Context));
        foreach (var version in (string[])["v0-0-1", "v0-0-2"])
        {
            await meshed.Resources.CreateAsync(ResourceType.Deployment, Yaml.Read($$"""
                metadata: {name: hello-{{version}}, namespace: slow}
                spec:
                  selector: {matchLabels: {app: hello, version: {{version}} } }
                  template:
                    metadata: {labels: {app: hello, version: {{version}} } }
                    spec: {containers: [{name: hello, image: "hello:1", ports: [{containerPort: 8080}]}]}
                """), default);
            await Eventually.Async(
                async () => (await meshed.Resources.GetAsync(ResourceType.Deployment, "slow", $"hello-{version}", default)).Number("status", "availableReplicas") == 1,
                Limit,
                version);
        }

        var (entrance, split) = (ProofSurvey.EntranceOf(run.Spec, "hello")!, new TrafficSplit("slow", "hello", "v0-0-1", "v0-0-2", 10) { Proof = new("1f3b", 1) });
        await meshed.Cluster.PropagateInAsync(delayMs: 1200, spreadMs: 800);

        // The rule without its subset proves nothing.
        var lone = await ShiftAsync();
        await new AddSubset(meshed.Directory).RunAsync(new("default", split), Context);
        var early = await ShiftAsync();
        var proven = await Eventually.GetAsync(async () => await LookAsync(1, TimeSpan.FromSeconds(2)) is { IsProof: true } sight ? sight : null, Limit, "the proof");

        Assert.Contains("no subset 'v0-0-2'", lone.Message, StringComparison.Ordinal);
        Assert.Equal((false, true), (early.Message is null, proven.IsKnown));
        Assert.Equal(["1", "1"], await MarksAsync());

        // The next write is another, and its absence another again.
        split = split with { Weight = 50, Proof = new("1f3b", 2) };
        await ShiftAsync();
        await Eventually.Async(async () => (await LookAsync(2, TimeSpan.FromSeconds(2))).IsProof, Limit, "the next proof");
        Assert.Equal(["2", "2"], await MarksAsync());

        split = split with { Weight = 0, Proof = null };
        await ShiftAsync();
        await Eventually.Async(async () => (await LookAsync(2, TimeSpan.FromSeconds(2), isGone: true)).IsProof, Limit, "the run's routes to be forgotten");
        Assert.Equal([null, null], await MarksAsync());

        Task<Domain.StepReport> ShiftAsync() => new ShiftTraffic(meshed.Directory, new(TimeProvider.System, NullLogger<ChangeNotices>.Instance)).RunAsync(new("default", split), Context);

        Task<PropagationSight> LookAsync(int mark, TimeSpan limit, bool isGone = false) =>
            new AwaitPropagation(meshed.Directory, TimeProvider.System).RunAsync(new("default", "slow", "hello", entrance, new("1f3b", mark), isGone, limit), Context);

        async Task<IEnumerable<string?>> MarksAsync()
        {
            var pods = await meshed.Resources.ListAsync(ResourceType.Pod, "slow", entrance.Pods, default);
            var answers = await Task.WhenAll(pods.Select(pod => meshed.Resources.AskPodAsync(
                "slow", pod.Name, 8080, host: null, "/slow/", default, (TrafficProof.Header, "1f3b"))));
            return answers.Select(answer => answer.Headers.GetValueOrDefault(TrafficProof.Header));
        }
    }
}
