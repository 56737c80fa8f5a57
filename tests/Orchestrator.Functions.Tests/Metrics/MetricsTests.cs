using System.Globalization;
using Orchestrator.Domain.Canaries;
using Orchestrator.Functions.Tests.Canaries;
using Orchestrator.TestKit;

namespace Orchestrator.Functions.Tests.Metrics;

/// <summary>What Prometheus reads of the orchestrator.</summary>
public sealed class MetricsTests
{
    private const string Quick = """, "analysis":{"interval":"5s","failureLimit":0,"minRequests":20},"keepStable":"0s" """;
    private const string Weight = """orchestrator_canary_weight_percent{tenant="foo",service="hello"}""";
    private const string Wait = """orchestrator_canary_wait_seconds{tenant="foo",service="hello"}""";
    private const string Paused = """orchestrator_canary_phase{tenant="foo",service="hello",phase="Paused"}""";
    private const string Aborted = """orchestrator_canary_runs_ended_total{phase="Aborted"}""";
    private const string Passed = """orchestrator_canary_samples_total{metric="success-rate",verdict="passed"}""";

    [Fact]
    public async Task What_is_in_flight_is_told_after_a_restart_too_and_counted_once_when_it_ends()
    {
        await using var host = await CanaryHost.StartAsync();
        host.Cluster.Metrics.Set("v0-0-2");
        await host.SubmitAcceptedAsync("v0-0-2", """{"setWeight":10},{"analyze":{"duration":"10s"}},{"pause":{}}""", Quick);
        var paused = await host.UntilAsync("the pause", view => view is { Step.Index: 3, Phase: CanaryPhase.Paused, WaitingFor: not null });

        var series = await UntilAsync(host, "the pause", read => read.ContainsKey(Paused));
        Assert.Equal((10, 1, 1), (series[Weight], series[Paused], series["""orchestrator_tenants{phase="Ready"}"""]));
        Assert.InRange(series[Wait], 0, (host.Now - paused.Since!.Value).TotalSeconds);
        Assert.InRange(series[Passed], 1, (await host.ViewAsync()).Analysis[0].Samples);
        Assert.False(series.ContainsKey(Aborted));

        await host.RestartAsync();
        var later = await UntilAsync(host, "the wait to go on", read => read.GetValueOrDefault(Wait) > series[Wait]);
        Assert.Equal((10, 1), (later[Weight], later[Paused]));

        await host.SayAcceptedAsync("abort");
        await host.EndOfRunAsync(1);
        var end = await UntilAsync(host, "the end", read => read.ContainsKey(Aborted) && !read.ContainsKey(Weight));
        Assert.Equal(1, end[Aborted]);
        Assert.DoesNotContain(end.Keys, name => name.StartsWith("orchestrator_canary_phase", StringComparison.Ordinal));
    }

    /// <summary>Every series with its value.</summary>
    private static async Task<Dictionary<string, double>> ReadAsync(CanaryHost host)
    {
        using var http = new HttpClient { BaseAddress = host.Address };
        var lines = (await http.GetStringAsync("/api/metrics")).Split('\n').Where(line => line.Length > 0 && line[0] != '#');
        return lines.ToDictionary(line => line[..line.LastIndexOf(' ')], line => double.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture));
    }

    private static async Task<Dictionary<string, double>> UntilAsync(CanaryHost host, string what, Func<Dictionary<string, double>, bool> condition) =>
        await Eventually.GetAsync(async () => await ReadAsync(host) is var read && condition(read) ? read : null, TimeSpan.FromSeconds(30), what);
}
