using Orchestrator.Activities.Tenants;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Domain;
using Orchestrator.Domain.Tenants;
using Orchestrator.Fakes;
using Orchestrator.TestKit;
using static Orchestrator.Activities.Tests.MeshedCluster;

namespace Orchestrator.Activities.Tests.Tenants;

/// <summary>What the gateway pods say of the routes, and what the run makes of it.</summary>
public sealed class AwaitRoutesTests
{
    private static readonly PodAnswer Served = new(200, "", new Dictionary<string, string> { ["x-envoy-upstream-service-time"] = "" });
    private static readonly PodAnswer NoRoute = new(404, "", new Dictionary<string, string>());
    private static readonly PodAnswer Unreached = PodAnswer.None("no answer in 5 s");

    private static readonly TenantRun Foo = new(
        "tenant.foo/1",
        new()
        {
            Tenant = "foo",
            Gateway = new() { Service = new(ServiceType.NodePort, [new("http2", 80, 8080, 32180), new("tls", 443, 8443)]) },
            Services = [new("hello", 8080, "/foo/", "v0-0-1")],
        },
        null);

    private readonly FakeCluster cluster = new();

    public AwaitRoutesTests()
    {
        PutPod("gw-1", "True");
        PutPod("gw-2", "True");
        PutPod("gw-3", "False");
    }

    private void PutPod(string name, string ready) => cluster.Resources.Put(ResourceType.Pod, Yaml.Read($$"""
        metadata: {name: {{name}}, namespace: foo, labels: {istio: foo-ingress, app: gw} }
        kind: Pod
        status: {conditions: [{type: Ready, status: "{{ready}}" }]}
        """));

    private Task<StepReport> LookAsync(TenantRun run, TimeSpan limit, bool insists = true) =>
        new AwaitRoutes(cluster, TimeProvider.System).RunAsync(new(run, limit, insists), Context);

    [Fact]
    public async Task Every_ready_pod_is_asked_several_times_for_the_prefix_at_the_port_that_speaks_HTTP()
    {
        cluster.Resources.Pods = _ => Served;

        var report = await LookAsync(Foo, Limit);

        Assert.Equal((StepOutcome.Done, "Ready"), (report.Outcome, report.Result));
        Assert.Equal(
            ["foo/gw-1:8080/foo/ 3", "foo/gw-2:8080/foo/ 3"],
            cluster.Resources.Asked.GroupBy(pod => pod).Select(pod => $"{pod.Key} {pod.Count()}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_pod_that_lacks_the_route_is_waited_for_by_name_however_long_it_takes()
    {
        cluster.Resources.Pods = pod => pod.Contains("gw-2", StringComparison.Ordinal) ? NoRoute : Served;

        var report = await LookAsync(Foo, TimeSpan.Zero, insists: false);

        Assert.Equal(StepOutcome.Waiting, report.Outcome);
        Assert.Equal("the gateway to learn its routes: Pod foo/gw-2 at /foo/ (404, no route)", report.Message);
    }

    [Fact]
    public async Task A_pod_that_forgets_the_route_counts_from_the_start()
    {
        var answers = new Queue<PodAnswer>([Served, Served, Served, Served, NoRoute, Served]);
        cluster.Resources.Pods = _ => answers.TryDequeue(out var answer) ? answer : Served;

        var report = await LookAsync(Foo, Limit);

        Assert.Equal("Ready", report.Result);
        Assert.Equal(2 * (2 + 1 + 3), cluster.Resources.Asked.Count);
    }

    [Fact]
    public async Task A_pod_that_is_not_reached_is_waited_for_only_while_the_run_insists()
    {
        cluster.Resources.Pods = pod => pod.Contains("gw-2", StringComparison.Ordinal) ? Unreached : Served;

        var insisting = await LookAsync(Foo, TimeSpan.Zero);
        var last = await LookAsync(Foo, TimeSpan.Zero, insists: false);

        Assert.Equal(StepOutcome.Waiting, insisting.Outcome);
        Assert.Equal((StepOutcome.Done, "Unproven"), (last.Outcome, last.Result));
        Assert.Contains("Pod foo/gw-2 at /foo/ (no answer in 5 s)", last.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_may_not_ask_pods_says_so_and_goes_on_at_once()
    {
        const string Forbidden = """
            {"kind":"Status","apiVersion":"v1","message":"pods \"gw-1\" is forbidden: cannot get resource \"pods/proxy\"","code":403}
            """;
        cluster.Resources.Pods = _ => new(403, Forbidden, new Dictionary<string, string>());

        var report = await LookAsync(Foo, Limit);

        Assert.Equal((StepOutcome.Done, "Unproven"), (report.Outcome, report.Result));
        Assert.Contains("cannot get resource \"pods/proxy\"", report.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Routes_that_the_run_did_not_write_are_their_canarys_and_not_asked_for()
    {
        var report = await LookAsync(Foo with { Previous = Foo.Spec }, Limit);

        Assert.Equal((StepOutcome.Done, "Ready"), (report.Outcome, report.Result));
        Assert.Empty(cluster.Resources.Asked);
    }
}

/// <summary>The same on a cluster whose gateway pods learn late, each in its own time.</summary>
public sealed class AwaitRoutesOnClusterTests(MeshedCluster meshed) : IClassFixture<MeshedCluster>
{
    [Fact]
    public async Task A_route_without_any_workload_behind_it_is_proven_once_every_pod_has_learned_it()
    {
        var run = new TenantRun(
            "tenant.late/1",
            new()
            {
                Tenant = "late",
                Gateway = new() { Service = new(ServiceType.ClusterIP, [new("http2", 80, 8080)]) },
                Services = [new("hello", 8080, "/late/", "v0-0-1")],
            },
            null);
        await DoneAsync(() => new EnsureNamespace(meshed.Directory).RunAsync(run, Context));
        await DoneAsync(() => new LabelNamespace(meshed.Directory).RunAsync(run, Context));
        await DoneAsync(() => new ApplyGateway(meshed.Directory).RunAsync(run, Context));
        await DoneAsync(() => new AwaitGateway(meshed.Directory).RunAsync(new(run, Limit), Context));
        await meshed.Cluster.PropagateInAsync(delayMs: 1500, spreadMs: 1000);
        await DoneAsync(() => new ApplySubsets(meshed.Directory).RunAsync(run, Context));
        await DoneAsync(() => new ApplyRoutes(meshed.Directory).RunAsync(run, Context));

        // The listener opens with the Gateway, so that at first no pod can even be connected to.
        var early = await LookAsync(TimeSpan.Zero);
        var report = await DoneAsync(() => LookAsync(Limit));

        Assert.Equal((StepOutcome.Waiting, "Ready"), (early.Outcome, report.Result));
        var pods = await meshed.Resources.ListAsync(ResourceType.Pod, "late", "istio=late-ingress", default);
        var answers = await Task.WhenAll(pods.Select(pod => meshed.Resources.AskPodAsync("late", pod.Name, 8080, host: null, "/late/", default)));
        Assert.Equal(["503 no healthy upstream", "503 no healthy upstream"], answers.Select(answer => $"{answer.Status} {answer.Body}"));

        Task<StepReport> LookAsync(TimeSpan limit) =>
            new AwaitRoutes(meshed.Directory, TimeProvider.System).RunAsync(new(run, limit, Insists: true), Context);
    }
}
