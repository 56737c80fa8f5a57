using System.Net;
using System.Text.Json.Nodes;
using Orchestrator.Domain.Canaries;
using Orchestrator.TestKit;

namespace Orchestrator.Functions.Tests.Canaries;

public sealed class CanaryGateTests
{
    private const string Quick = ""","analysis":{"interval":"2s","failureLimit":1,"metrics":[{"name":"success-rate","min":99}]},"keepStable":"0s" """;

    private readonly HashSet<string> closed = [];

    private static string Gates(LoopbackServer server, params string[] types) => ""","gates":[""" + string.Join(',', types.Select(type =>
        $$"""{"name":"{{type}}","type":"{{type}}","webhook":{"url":"{{server.Address}}{{type}}","metadata":{"team":"foo"} } }""")) + "]";

    /// <summary>Answers 2xx at every gate that a test has not closed.</summary>
    private LoopbackServer Serve() => new(request =>
    {
        lock (closed)
        {
            return (closed.Contains(request.Path[1..]) ? HttpStatusCode.Conflict : HttpStatusCode.OK, "not yet");
        }
    });

    private void Close(params string[] gates)
    {
        lock (closed)
        {
            closed.UnionWith(gates);
        }
    }

    private void Open(string gate)
    {
        lock (closed)
        {
            closed.Remove(gate);
        }
    }

    [Fact]
    public async Task A_freeze_that_comes_while_a_gate_is_closed_holds_what_the_gate_then_lets_pass()
    {
        await using var server = Serve();
        await using var host = await CanaryHost.StartAsync(server.Address.Authority);
        host.Cluster.Metrics.Set("v0-0-2");
        Close("confirm-traffic-increase");
        await host.SubmitAcceptedAsync("v0-0-2", """{"setWeight":100}""", Quick + Gates(server, "confirm-traffic-increase"));
        await host.UntilAsync("the gate", view => view.WaitingFor?.What.StartsWith("confirm-traffic-increase", StringComparison.Ordinal) is true);

        Assert.Equal(HttpStatusCode.OK, (await host.SendAsync(HttpMethod.Put, "/api/freezes/fair", new { by = "ann", reason = "the fair" })).Code);
        Open("confirm-traffic-increase");
        var frozen = await host.UntilAsync("the freeze", view => view.WaitingFor?.What.Contains("fair: the fair", StringComparison.Ordinal) is true);
        Assert.Equal(0, frozen.Weights.Canary);

        Assert.Equal(HttpStatusCode.OK, (await host.SendAsync(HttpMethod.Delete, "/api/freezes/fair", new { by = "ann" })).Code);
        await host.UntilAsync(CanaryPhase.Promoted);
    }

    [Fact]
    public async Task A_run_waits_at_each_gate_and_says_so()
    {
        await using var server = Serve();
        await using var host = await CanaryHost.StartAsync(server.Address.Authority);
        host.Cluster.Metrics.Set("v0-0-2");
        string[] gates = ["confirm-rollout", "pre-rollout", "confirm-traffic-increase", "confirm-promotion", "post-rollout", "event"];
        Close("confirm-rollout", "confirm-traffic-increase", "confirm-promotion");
        await host.SubmitAcceptedAsync("v0-0-2", """{"setWeight":100}""", Quick + Gates(server, gates));

        var before = await AtAsync("confirm-rollout");
        Assert.Equal((CanaryPhase.Preparing, null), (before.Phase, host.Cluster.Deployment("v0-0-2")));
        Assert.True(before.WaitingFor!.Until > before.StartedAt.AddMinutes(100));

        Open("confirm-rollout");
        Assert.Equal(0, (await AtAsync("confirm-traffic-increase")).Weights.Canary);
        Assert.NotNull(host.Cluster.Deployment("v0-0-2"));
        await host.RestartAsync();

        Open("confirm-traffic-increase");
        var asked = host.Cluster.Metrics.Asked;
        Assert.Equal(100, (await AtAsync("confirm-promotion")).Weights.Canary);
        await Eventually.GetAsync(() => Task.FromResult(host.Cluster.Metrics.Asked > asked + 8 ? this : null), TimeSpan.FromSeconds(30), "the candidate to be judged at the gate");

        Open("confirm-promotion");
        await host.UntilAsync(CanaryPhase.Promoted);
        Assert.Empty((await host.EndOfRunAsync(1)).Errors);

        var told = server.Requests.Select(request => JsonNode.Parse(request.Body)!).ToList();
        Assert.Equal(gates, told.Select(body => (string)body["type"]!).Distinct().OrderBy(type => Array.IndexOf(gates, type)));
        Assert.All(told, body => Assert.Equal(("foo", "hello", "v0-0-2", "foo"), ((string)body["tenant"]!, (string)body["service"]!, (string)body["candidate"]!, (string)body["metadata"]!["team"]!)));
        Assert.Equal("Promoted", (string)told.Single(body => (string)body["type"]! == "post-rollout")["phase"]!);
        Assert.Contains(told, body => (string)body["type"]! == "event" && (string)body["phase"]! == "Promoting");

        Task<CanaryView> AtAsync(string gate) => host.UntilAsync(gate, view => view.WaitingFor?.What.StartsWith($"{gate} ({gate}) to let it pass: answered 409: not yet", StringComparison.Ordinal) ?? false);
    }

    [Fact]
    public async Task A_test_that_fails_before_the_first_request_takes_it_back()
    {
        await using var server = Serve();
        await using var host = await CanaryHost.StartAsync(server.Address.Authority);
        var before = host.Cluster.Rules;
        Close("pre-rollout", "post-rollout");
        await host.SubmitAcceptedAsync("v0-0-2", """{"setWeight":50}""", Quick + Gates(server, "pre-rollout", "post-rollout"));

        var end = await host.UntilAsync(CanaryPhase.RolledBack);

        Assert.Equal($"pre-rollout (pre-rollout) failed 2 times, 1 may: answered 409: not yet ({server.Address}pre-rollout)", end.Reason);
        Assert.Equal((before, null), (host.Cluster.Rules, host.Cluster.Deployment("v0-0-2")));
        Assert.Equal([$"post-rollout (post-rollout) was not told: answered 409: not yet ({server.Address}post-rollout)"], (await host.EndOfRunAsync(1)).Errors);
    }

    [Theory]
    [InlineData("rollout", "rollout was answered 409: not yet")]
    [InlineData("rollback", "rollback asked for it")]
    public async Task What_is_asked_at_every_interval_can_take_it_back(string gate, string reason)
    {
        await using var server = Serve();
        await using var host = await CanaryHost.StartAsync(server.Address.Authority);
        host.Cluster.Metrics.Set("v0-0-2");
        Close("rollback");
        await host.SubmitAcceptedAsync("v0-0-2", """{"setWeight":10},{"pause":{}}""", Quick + Gates(server, "rollout", "rollback"));
        await host.UntilAsync("both to be asked", view => view is { Phase: CanaryPhase.Paused, Analysis: [_, { Samples: > 0, Verdict: Verdict.Passed }, { Verdict: Verdict.Passed }] });

        if (gate == "rollout")
        {
            Close("rollout");
        }
        else
        {
            Open("rollback");
        }

        Assert.StartsWith(reason, (await host.UntilAsync(CanaryPhase.RolledBack)).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Somebody_who_promotes_fully_passes_every_gate()
    {
        await using var server = Serve();
        await using var host = await CanaryHost.StartAsync(server.Address.Authority);
        host.Cluster.Metrics.Set("v0-0-2");
        Close("confirm-traffic-increase", "confirm-promotion");
        await host.SubmitAcceptedAsync("v0-0-2", """{"preview":{}},{"setWeight":50}""", Quick + ""","preview":{"header":{"name":"v","value":"2"}}""" + Gates(server, "confirm-traffic-increase", "confirm-promotion"));
        await host.UntilAsync("the gate", view => view.WaitingFor?.What.StartsWith("confirm-traffic-increase", StringComparison.Ordinal) ?? false);

        await host.SayAcceptedAsync("promote?full=true");

        await host.UntilAsync(CanaryPhase.Promoted);
    }
}
