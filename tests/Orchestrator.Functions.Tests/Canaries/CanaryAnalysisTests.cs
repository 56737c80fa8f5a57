using System.Net;
using Orchestrator.Domain.Canaries;
using Orchestrator.TestKit;

namespace Orchestrator.Functions.Tests.Canaries;

public sealed class CanaryAnalysisTests
{
    private const string Lag = """{"name":"lag","query":"max(lag{v=\"{{ version }}\",s=\"{{ stable }}\"})","max":5,"failureLimit":0MORE}""";
    private const string Asked = "max(lag{v=\"v0-0-2\",s=\"v0-0-1\"})";

    private static string Analysis(string metrics, string more = "") => $$""","analysis":{"interval":"5s","failureLimit":0{{more}},"metrics":[{{metrics}}]},"keepStable":"0s" """;

    [Fact]
    public async Task A_query_of_its_own_decides()
    {
        await using var host = await CanaryHost.StartAsync();
        host.Cluster.Metrics.Answer(Asked, 3);
        await host.SubmitAcceptedAsync("v0-0-2", """{"setWeight":10},{"pause":{}}""", Analysis(Lag.Replace("MORE", "", StringComparison.Ordinal)));
        await host.UntilAsync("a sample", view => view.Analysis is [{ Metric: "lag", Verdict: Verdict.Passed, Last: 3 }]);

        host.Cluster.Metrics.Answer(Asked, 9);

        Assert.Equal("lag was 9 against ≤ 5: 1 of", (await host.UntilAsync(CanaryPhase.RolledBack)).Reason![..27]);
        Assert.Equal(Asked, (await host.EndOfRunAsync(1)).Samples[^1].Sample.Metrics["lag"].Query);
    }

    [Fact]
    public async Task A_dry_run_is_reported_and_a_query_that_cannot_be_answered_says_so()
    {
        await using var host = await CanaryHost.StartAsync();
        host.Cluster.Metrics.Set("v0-0-2");
        host.Cluster.Metrics.Answer(Asked, null, ReadingState.Unavailable, "the query answers 2 series");
        await host.SubmitAcceptedAsync(
            "v0-0-2",
            """{"setWeight":10},{"analyze":{"duration":"40s"}}""",
            Analysis("""{"name":"success-rate","min":99},""" + Lag.Replace("MORE", ""","dryRun":true,"consecutiveErrorLimit":0""", StringComparison.Ordinal)));

        var view = await host.UntilAsync(CanaryPhase.Promoted);

        Assert.Equal((true, "the query answers 2 series"), (view.Analysis[1].DryRun, view.Analysis[1].Error));
        Assert.Equal((0, view.Analysis[1].Samples), (view.Analysis[1].Failures, view.Analysis[1].Errors));
    }

    [Fact]
    public async Task A_bad_minute_of_both_versions_holds_the_candidate_and_does_not_take_it_back()
    {
        await using var host = await CanaryHost.StartAsync();
        host.Cluster.Metrics.Set("v0-0-1", requests: 900, success: 90);
        host.Cluster.Metrics.Set("v0-0-2", success: 90);
        await host.SubmitAcceptedAsync(
            "v0-0-2", """{"setWeight":10},{"setWeight":100}""", Analysis("""{"name":"success-rate","min":99}""", ""","comparison":{}"""));
        var held = await host.UntilAsync("the comparison", view => view.WaitingFor?.What.Contains("the stable version is no better (90 %)", StringComparison.Ordinal) ?? false);
        Assert.Equal(new Weights(90, 10), held.Weights);

        host.Cluster.Metrics.Set("v0-0-1", requests: 900);
        host.Cluster.Metrics.Set("v0-0-2");

        await host.UntilAsync(CanaryPhase.Promoted);
    }

    [Fact]
    public async Task A_doubtful_analysis_waits_for_a_person()
    {
        await using var host = await CanaryHost.StartAsync();
        await host.SubmitAcceptedAsync("v0-0-2", """{"setWeight":10},{"setWeight":20}""", Analysis(Lag.Replace("MORE", ""","inconclusiveLimit":1""", StringComparison.Ordinal)));
        Assert.Contains("2 samples of lag were inconclusive, 1 may", (await host.UntilAsync(CanaryPhase.Paused)).WaitingFor!.What, StringComparison.Ordinal);

        host.Cluster.Metrics.Answer(Asked, 3);
        await host.SayAcceptedAsync("resume");

        await host.UntilAsync(CanaryPhase.Promoted);
    }

    [Fact]
    public async Task An_endpoint_decides_where_its_host_is_allowed()
    {
        await using var server = new LoopbackServer(_ => (HttpStatusCode.OK, """{"errors":[0,7]}"""));
        await using var host = await CanaryHost.StartAsync(server.Address.Authority);
        var metric = $$$"""{"name":"errors","max":5,"webhook":{"url":"{{{server.Address}}}","jsonPath":"$.errors[1]","metadata":{"team":"foo"} } }""";

        await host.SubmitAcceptedAsync("v0-0-2", """{"setWeight":10},{"pause":{}}""", Analysis(metric));

        Assert.StartsWith("errors was 7 against ≤ 5", (await host.UntilAsync(CanaryPhase.RolledBack)).Reason, StringComparison.Ordinal);
        Assert.Contains("\"run\":\"canary.foo.hello.1\",\"phase\":\"Paused\",\"stable\":\"v0-0-1\"", server.Requests.First().Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_host_that_is_not_allowed_is_a_problem_of_the_request()
    {
        await using var host = await CanaryHost.StartAsync();

        var (code, body) = await host.SubmitAsync(
            "v0-0-2", """{"setWeight":10}""", Analysis("""{"name":"errors","max":5,"webhook":{"url":"http://169.254.169.254/metadata"}}"""));

        Assert.Equal(HttpStatusCode.BadRequest, code);
        Assert.Equal("/analysis/metrics/0/webhook/url", (string?)body!["errors"]![0]!["pointer"]);
    }

    [Fact]
    public async Task A_step_asks_its_own_metric_as_often_as_it_says()
    {
        await using var host = await CanaryHost.StartAsync();
        host.Cluster.Metrics.Set("v0-0-2");
        host.Cluster.Metrics.Answer(Asked, 3);
        await host.SubmitAcceptedAsync(
            "v0-0-2",
            $$$"""{"setWeight":10},{"analyze":{"interval":"2s","count":3,"metrics":[{{{Lag.Replace("MORE", "", StringComparison.Ordinal)}}}]} },{"pause":{} }""",
            Analysis("""{"name":"success-rate","min":99}"""));

        var paused = await host.UntilAsync(CanaryPhase.Paused);
        Assert.Equal(["success-rate"], paused.Analysis.Select(metric => metric.Metric));
        await host.SayAcceptedAsync("abort");

        Assert.Equal(3, (await host.EndOfRunAsync(1)).Samples.Count(sample => sample.Verdicts.ContainsKey("lag")));
    }

    [Theory]
    [InlineData(100, CanaryPhase.Promoted)]
    [InlineData(50, CanaryPhase.RolledBack)]
    public async Task A_bake_judges_the_candidate_with_all_requests_before_the_old_version_goes(double success, CanaryPhase end)
    {
        await using var host = await CanaryHost.StartAsync();
        var before = host.Cluster.Rules;
        host.Cluster.Metrics.Set("v0-0-2");
        await host.SubmitAcceptedAsync(
            "v0-0-2", """{"setWeight":50}""", Analysis("""{"name":"success-rate","min":99}""") + ""","bake":{"duration":"1m"} """);
        var baking = await host.UntilAsync("the bake", view => view.Step?.Kind == "bake" && view.WaitingFor is not null);
        Assert.Equal((new StepPosition(2, 2, "bake"), CanaryPhase.Progressing), (baking.Step, baking.Phase));
        await host.UntilAsync("all requests", view => view.Weights.Canary == 100);
        Assert.NotNull(host.Cluster.Deployment("v0-0-1"));

        host.Cluster.Metrics.Set("v0-0-2", success: success);

        Assert.Equal(end == CanaryPhase.Promoted, (await host.UntilAsync(end)).Weights.Canary == 100);
        Assert.Equal(end == CanaryPhase.RolledBack, before == host.Cluster.Rules);
    }
}
