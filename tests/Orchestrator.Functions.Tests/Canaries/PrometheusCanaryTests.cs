using System.Text.Json.Nodes;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.TestKit;

namespace Orchestrator.Functions.Tests.Canaries;

/// <summary>The app with a real Prometheus, which scrapes the simulated mesh every second.</summary>
public sealed class RunningAppWithPrometheus : RunningAppWithMesh
{
    private PrometheusServer? prometheus;

    protected override async Task<Uri> MetricsAsync() => (prometheus ??= await PrometheusServer.ScrapingAsync(Cluster.Server.MetricsUri)).Address;

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        await (prometheus?.DisposeAsync() ?? ValueTask.CompletedTask);
    }
}

/// <summary>Candidates that are judged by what a real Prometheus says of the requests they get.</summary>
public sealed class PrometheusCanaryTests(RunningAppWithPrometheus app) : IClassFixture<RunningAppWithPrometheus>
{
    private const string Ramp = """{"setWeight":50},{"analyze":{"count":3}}""";

    private const string SuccessRate = """{"name":"success-rate","min":99}""";
    private const string LatencyP99 = """{"name":"latency-p99","max":"100ms"}""";
    private const string EdgeErrors = """{"name":"edge-errors","max":0}""";
    private const string Own = """
        {"name":"own","min":0.99,"query":"sum(rate(istio_requests_total{destination_workload_namespace=\"{{ namespace }}\",destination_version=\"{{ version }}\",response_code=\"200\"}[{{ interval }}])) / sum(rate(istio_requests_total{destination_workload_namespace=\"{{ namespace }}\",destination_version=\"{{ version }}\"}[{{ interval }}]))"}
        """;

    /// <summary>The end of its run, under requests all the while.</summary>
    private static async Task<JsonObject> EndAsync(CanaryTenant tenant)
    {
        var end = tenant.PhaseAsync("Promoted", "RolledBack", "Failed");
        await tenant.CallUntilAsync(end, "");
        return await end;
    }

    private static string Judged(params string[] metrics) =>
        $",\"analysis\":{{\"interval\":\"1s\",\"failureLimit\":0,\"minRequests\":5,\"metrics\":[{string.Join(',', metrics)}]}}";

    [Fact]
    public async Task A_good_candidate_is_promoted_by_builtin_and_own_metrics()
    {
        using var tenant = await CanaryTenant.OnboardAsync(app, "good", "injection");

        await tenant.StartAsync(Ramp, Judged(SuccessRate, LatencyP99, Own));
        var phase = tenant.PhaseAsync("Promoted", "RolledBack", "Failed");
        Assert.All(await tenant.CallUntilAsync(phase, ""), answer => Assert.StartsWith("Hello Foo", answer, StringComparison.Ordinal));
        var end = await phase;

        Assert.True(end.Text("phase") == "Promoted", end.ToJsonString());
        var samples = (await tenant.RecordAsync())["samples"]!.AsArray();
        Assert.All(((string[])["success-rate", "latency-p99", "own"]), metric => Assert.Contains(samples, sample => sample!["verdicts"].Text(metric) == "Passed"));
    }

    [Fact]
    public async Task Requests_that_the_gateway_cannot_deliver_are_no_pods_and_take_a_candidate_back_all_the_same()
    {
        using var tenant = await CanaryTenant.OnboardAsync(app, "edge", "injection");

        await tenant.StartAsync(Ramp, Judged(EdgeErrors));
        var end = tenant.PhaseAsync("Promoted", "RolledBack", "Failed");
        while (!end.IsCompleted)
        {
            await tenant.CallAsync("", "/nowhere");
        }

        Assert.Equal("RolledBack", (await end).Text("phase"));
        Assert.Matches("^edge-errors was [0-9.]+/s against ≤ 0/s", (await end).Text("reason"));
    }

    [Theory]
    [InlineData("errors", SuccessRate)]
    [InlineData("slow", LatencyP99)]
    [InlineData("own", Own)]
    public async Task A_bad_candidate_is_taken_back(string name, string metric)
    {
        using var tenant = await CanaryTenant.OnboardAsync(app, name, "injection");
        app.Cluster.Server.Faults.Versions[(name, "hello", "v0-0-2")] = name == "slow" ? new() { LatencyMs = 300 } : new() { ErrorRate = 0.5 };

        await tenant.StartAsync(Ramp, Judged(metric));
        var end = await EndAsync(tenant);

        Assert.Equal("RolledBack", end.Text("phase"));
        Assert.StartsWith($"{JsonNode.Parse(metric).Text("name")} was ", end.Text("reason"), StringComparison.Ordinal);
        Assert.Equal(100, end["weights"]!["stable"]!.GetValue<int>());
    }
}
