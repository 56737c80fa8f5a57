using Orchestrator.Domain.Canaries;
using Orchestrator.Domain.Traffic;

namespace Orchestrator.Domain.Tests.Canaries;

public sealed class ConnectionCanaryTests
{
    private static readonly MetricSpec Own = new("bytes", Min: 1) { Query = "vector(1)" };

    private static CanarySpec Suited => new()
    {
        Tenant = "foo",
        Service = "db",
        Candidate = new("v2"),
        Steps = [new SetWeightStep(10), new AnalyzeStep(TimeSpan.FromMinutes(1)), new PauseStep(null)],
        Analysis = new() { Metrics = [Own] },
    };

    public static TheoryData<string, CanarySpec> Unsuited => new()
    {
        { "Leave out /preview.", Suited with { Preview = new(new("version", "v2")) } },
        { "Leave out /preview, /steps/1/preview, /steps/2/mirror.", Suited with { Preview = new(new("version", "v2")), Steps = [new SetWeightStep(1), new PreviewStep(), new MirrorStep(5)] } },
        { "Leave out /sessionAffinity.", Suited with { SessionAffinity = new("c", TimeSpan.FromHours(1)) } },
        { "Leave out /analysis/comparison.", Suited with { Analysis = new() { Metrics = [Own], Comparison = new() } } },
        { "no data for /analysis/metrics/0 (success-rate), /analysis/metrics/1 (latency-p99).", Suited with { Analysis = new() } },
        { "no data for /steps/0/analyze/metrics/1 (latency-p99).", Suited with { Steps = [new AnalyzeStep(null) { Metrics = [Own, new(MetricSpec.LatencyP99, Max: 5)] }] } },
        { "no data for /bake/metrics/0 (success-rate).", Suited with { Bake = new(null) { Metrics = [new(MetricSpec.SuccessRate, Min: 5)] } } },
    };

    [Theory]
    [MemberData(nameof(Unsuited))]
    public void What_needs_requests_is_named_where_connections_are_divided(string members, CanarySpec spec)
    {
        Assert.Contains(members, ConnectionCanary.Refusal(spec, RouteKind.Tcp), StringComparison.Ordinal);
        Assert.StartsWith("foo/db is routed by connection (tls)", ConnectionCanary.Refusal(spec, RouteKind.Tls), StringComparison.Ordinal);
        Assert.Null(ConnectionCanary.Refusal(spec, RouteKind.Http));
    }

    [Fact]
    public void Weights_and_metrics_of_its_own_are_all_that_such_a_canary_may_have() =>
        Assert.Null(ConnectionCanary.Refusal(Suited, RouteKind.Tcp));

    [Fact]
    public void The_query_that_is_proposed_is_one_that_may_be_given()
    {
        var refusal = ConnectionCanary.Refusal(Suited with { Analysis = new() }, RouteKind.Tcp)!;
        var query = refusal[refusal.IndexOf("sum(", StringComparison.Ordinal)..refusal.LastIndexOf('"')].Replace("\\\"", "\"", StringComparison.Ordinal);

        Assert.Null(QueryTemplate.Check(query));
        Assert.Contains("version", query, StringComparison.Ordinal);
    }
}
