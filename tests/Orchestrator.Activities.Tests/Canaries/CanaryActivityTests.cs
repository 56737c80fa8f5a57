using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging.Abstractions;
using Moq;
using Orchestrator.Activities.Canaries;
using Orchestrator.Activities.Tests.Events;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Cluster.Webhooks;
using Orchestrator.Domain;
using Orchestrator.Domain.Canaries;
using Orchestrator.Domain.Traffic;
using Orchestrator.Fakes;

namespace Orchestrator.Activities.Tests.Canaries;

public sealed class CanaryActivityTests
{
    private static readonly CanaryStart Start = new(
        "s1", "default", new() { Tenant = "foo", Service = "hello", Candidate = new("v0-0-2", "hello:0.0.2") }, DateTime.UnixEpoch);

    private static readonly ChangeNotices Notices = new(TimeProvider.System, NullLogger<ChangeNotices>.Instance);

    private readonly FakeCluster cluster = new();
    private readonly Mock<DurableTaskClient> client = new("test");
    private readonly FunctionContext context = new Mock<FunctionContext>().Object;

    private CaptureBaseline Baselines => new(cluster, new(CanaryHistories.DefaultTurns));

    [Fact]
    public async Task A_baseline_holds_what_stands_and_writes_nothing()
    {
        var capture = await Baselines.RunAsync(Start, context);

        Assert.Equal(("v0-0-1", true, null), (capture.Baseline!.Traffic.Stable, capture.Baseline.Traffic.StatesWeight, capture.Baseline.Candidate));
        Assert.Empty(cluster.Resources.Writes);
    }

    [Fact]
    public async Task What_can_never_succeed_is_an_answer()
    {
        var capture = await Baselines.RunAsync(Start with { Cluster = "mars" }, context);
        Assert.Contains("No cluster 'mars' is configured", capture.Refusal, StringComparison.Ordinal);

        var report = await new EnsureCandidate(cluster).RunAsync(new(Start, "v9", "canary.foo.hello/1"), context);
        Assert.Equal(StepOutcome.Refused, report.Outcome);
    }

    [Fact]
    public async Task What_a_spec_asks_of_requests_is_refused_where_connections_are_divided_before_the_first_write()
    {
        cluster.Resources.Put(ResourceType.VirtualService, JsonNode.Parse("""
            {"apiVersion":"networking.istio.io/v1","kind":"VirtualService","metadata":{"name":"hello","namespace":"foo"},"spec":{"hosts":["*"],
            "tcp":[{"route":[{"destination":{"host":"hello","subset":"v0-0-1"}}]}]}}
            """)!.AsObject());

        var capture = await Baselines.RunAsync(Start with { Spec = Start.Spec with { Steps = [new MirrorStep(10)] } }, context);
        var suited = await Baselines.RunAsync(
            Start with { Spec = Start.Spec with { Analysis = new() { Metrics = [new("bytes", Min: 1) { Query = "vector(1)" }] } } }, context);

        Assert.Contains("/steps/0/mirror", capture.Refusal, StringComparison.Ordinal);
        Assert.Contains("/analysis/metrics/0 (success-rate)", capture.Refusal, StringComparison.Ordinal);
        Assert.Equal((RouteKind.Tcp, null), (suited.Baseline!.Traffic.Routes, suited.Refusal));
        Assert.Empty(cluster.Resources.Writes);
    }

    [Fact]
    public async Task What_may_pass_is_an_exception_so_that_it_is_tried_again()
    {
        cluster.Resources.OnCall = _ => throw FakeResources.Refusal(HttpStatusCode.ServiceUnavailable, "ServiceUnavailable", "away");
        await Assert.ThrowsAsync<ResourceException>(() => Baselines.RunAsync(Start, context));
    }

    [Fact]
    public async Task No_request_goes_to_a_version_without_a_ready_pod()
    {
        var split = new TrafficSplit("foo", "hello", "v0-0-1", "v0-0-2", 10);
        cluster.NeverReady("v0-0-2", fails: false);
        await new EnsureCandidate(cluster).RunAsync(new(Start, "v0-0-1", "canary.foo.hello/1"), context);
        await new AddSubset(cluster).RunAsync(new("default", split), context);

        var report = await new ShiftTraffic(cluster, Notices).RunAsync(new("default", split), context);

        Assert.Equal(StepReport.Waiting("a ready pod of v0-0-2"), report);
        Assert.Equal(100, cluster.Weights["v0-0-1"]);
    }

    [Fact]
    public async Task Only_what_the_run_brought_is_taken_away()
    {
        await new EnsureCandidate(cluster).RunAsync(new(Start, "v0-0-1", "canary.foo.hello/1"), context);
        Assert.Equal("Unchanged", (await new RemoveCandidate(cluster).RunAsync(new(Start, new("hello-v0-0-2", 2, null)), context)).Result);
        Assert.Equal("Updated", (await new RemoveCandidate(cluster).RunAsync(new(Start, new("hello-v0-0-2", 0, null)), context)).Result);
        Assert.Equal(0, (int)cluster.Deployment("v0-0-2")!["spec"]!["replicas"]!);
        Assert.Equal("Deleted", (await new RemoveCandidate(cluster).RunAsync(new(Start, null), context)).Result);
        Assert.Null(cluster.Deployment("v0-0-2"));
    }

    [Fact]
    public async Task A_version_of_somebody_else_is_scaled_to_nothing_and_one_of_ours_deleted()
    {
        await new EnsureCandidate(cluster).RunAsync(new(Start, "v0-0-1", "canary.foo.hello/1"), context);

        Assert.Equal("Updated", (await new RetireVersion(cluster).RunAsync(new("default", "foo", "hello", "v0-0-1"), context)).Result);
        Assert.Equal("Deleted", (await new RetireVersion(cluster).RunAsync(new("default", "foo", "hello", "v0-0-2"), context)).Result);

        Assert.NotNull(cluster.Deployment("v0-0-1"));
        Assert.Null(cluster.Deployment("v0-0-2"));
    }

    [Fact]
    public async Task A_sample_has_both_versions_over_the_same_window()
    {
        cluster.Metrics.Set("v0-0-2", requests: 100, success: 99.5, latency: 30);

        var sample = await MeasureAsync(new(Start, "v0-0-1", 10));

        Assert.Equal((10, 100, 900), (sample.Weight, sample.Requests.Value, sample.StableRequests.Value));
        Assert.Equal((99.5, 30), (sample.Metrics[MetricSpec.SuccessRate].Value, sample.Metrics[MetricSpec.LatencyP99].Value));
        Assert.All(sample.Metrics.Values.Append(sample.Requests).Append(sample.StableRequests), reading => Assert.Contains("[10s]", reading.Query, StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_is_due_is_asked_over_its_own_window_with_its_variables_filled_in()
    {
        var lag = new MetricSpec("lag", Max: 5) { Query = "max_over_time(lag{v=\"{{ version }}\",s=\"{{ stable }}\"}[{{ interval }}])", Interval = TimeSpan.FromMinutes(1) };
        cluster.Metrics.Answer("max_over_time(lag{v=\"v0-0-2\",s=\"v0-0-1\"}[60s])", 3);

        var sample = await MeasureAsync(new(Start, "v0-0-1", 10, [lag]));

        Assert.Equal(("lag", 3), (sample.Metrics.Single().Key, sample.Metrics["lag"].Value));
        Assert.Contains("[60s]", sample.Requests.Query, StringComparison.Ordinal);
        Assert.Null(sample.Stable);
    }

    [Fact]
    public async Task What_is_compared_is_asked_of_both_versions()
    {
        cluster.Metrics.Set("v0-0-2", requests: 100, success: 97, latency: 30);
        var start = Start with { Spec = Start.Spec with { Analysis = new() { Comparison = new() } } };

        var sample = await MeasureAsync(new(start, "v0-0-1", 10));

        Assert.Equal((97, 100), (sample.Metrics[MetricSpec.SuccessRate].Value, sample.Stable![MetricSpec.SuccessRate].Value));
        Assert.Equal([new(30, 100)], sample.Metrics[MetricSpec.LatencyP99].Buckets!);
        Assert.Equal([new(20, 900)], sample.Stable[MetricSpec.LatencyP99].Buckets!);
    }

    [Theory]
    [InlineData(null, StepOutcome.Done)]
    [InlineData("answered 409", StepOutcome.Waiting)]
    public async Task A_gate_lets_a_run_pass_or_says_why_not(string? error, StepOutcome outcome)
    {
        var gate = new Gate("qa", GateType.ConfirmPromotion, new("https://ci.example/qa"));
        var payload = WebhookPayload.Of(Start.Spec, gate.Kind, gate.Name, gate.Webhook, "canary.foo.hello.1", CanaryPhase.Progressing, "v0-0-1", 10);
        var webhooks = Mock.Of<IWebhooks>(hooks => hooks.CallAsync(gate.Webhook, payload, It.IsAny<CancellationToken>()) == Task.FromResult(new WebhookAnswer(null, error)));

        var report = await new CallGate(webhooks).RunAsync(new(gate, payload), context);

        Assert.Equal((outcome, error), (report.Outcome, report.Message));
    }

    [Fact]
    public async Task Metrics_that_do_not_answer_are_part_of_the_sample()
    {
        cluster.Metrics.Outage = "connection refused";
        var sample = await MeasureAsync(new(Start, "v0-0-1", 10));
        Assert.Equal((ReadingState.Unavailable, "connection refused"), (sample.Requests.State, sample.Requests.Error));
    }

    [Fact]
    public async Task Restoring_twice_changes_nothing_the_second_time()
    {
        var before = cluster.Rules;
        var traffic = (await Baselines.RunAsync(Start, context)).Baseline!.Traffic;
        var split = traffic.With("v0-0-2", 0);
        await new AddSubset(cluster).RunAsync(new("default", split), context);
        var changed = cluster.Resources.Get(ResourceType.VirtualService, "foo", "hello")!;
        changed["spec"]!["hosts"] = new JsonArray("elsewhere.example");
        cluster.Resources.Put(ResourceType.VirtualService, changed);

        var left = new SteeredTraffic(traffic, split, HasSubset: true, ForeignChangePolicy.Repair);
        foreach (var expected in (string[])["Updated", "Unchanged"])
        {
            Assert.Equal(expected, (await new RestoreRoutes(cluster, Notices, TimeProvider.System).RunAsync(new("default", left), context)).Result);
            Assert.Equal(expected, (await new RestoreSubsets(cluster, TimeProvider.System).RunAsync(new("default", left), context)).Result);
        }

        Assert.Equal(before, cluster.Rules);
    }

    private Task<CanarySample> MeasureAsync(Measurement measurement) =>
        new MeasureCanary(cluster, Mock.Of<IWebhooks>(), Notices, new CountReader().Counts, TimeProvider.System).RunAsync(measurement, client.Object, context);
}
