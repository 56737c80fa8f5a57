using System.Net;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Domain.Canaries;
using Orchestrator.TestKit;

namespace Orchestrator.Functions.Tests.Canaries;

/// <summary>Runs that wait for long, and go on with a new history again and again; each of these at every turn of waiting.</summary>
public sealed class CanaryHistoryTests
{
    private const string Judged = """
        ,"analysis":{"interval":"2s","failureLimit":1,"metrics":[{"name":"success-rate","min":99}]},"keepStable":"0s","deadline":"99h"
        """;

    [Fact]
    public async Task A_run_is_judged_for_long_and_its_history_stays_short()
    {
        await using var host = await CanaryHost.StartAsync(turnsPerHistory: 20);
        host.Cluster.Metrics.Set("v0-0-2");
        await host.SubmitAcceptedAsync("v0-0-2", """{"setWeight":10},{"pause":{}}""", Judged);
        await host.UntilAsync("a hundred samples", view => view.Analysis is [{ Samples: >= 100 }]);

        // Between two histories there is none for a moment.
        var events = 0;
        await Eventually.Async(() => (events = host.EventsOf(1)) > 0, TimeSpan.FromSeconds(30), "a history");
        Assert.InRange(events, 1, 200);
        Assert.Equal((CanaryPhase.Paused, 10), ((await host.ViewAsync()).Phase, host.Cluster.Weights["v0-0-2"]));
        await host.SayAcceptedAsync("abort");
        var record = await host.EndOfRunAsync(1);
        Assert.Equal(host.Before, host.Cluster.Rules);
        Assert.True(record.Samples.Count >= 100, $"{record.Samples.Count} samples are kept");
        Assert.Equal(record.Samples.OrderBy(sample => sample.Sample.At).Select(sample => sample.Sample.At).Distinct(), record.Samples.Select(sample => sample.Sample.At));
        Assert.Equal([10, 0], record.Weights!.Select(change => change.Weight));
    }

    [Fact]
    public async Task Whatever_is_decided_meanwhile_counts_once()
    {
        await using var host = await CanaryHost.StartAsync(turnsPerHistory: 1);
        host.Cluster.Metrics.Set("v0-0-2");
        await host.SubmitAcceptedAsync("v0-0-2", """{"setWeight":10},{"approve":{"minApprovals":5,"timeout":"90h"}},{"setWeight":50}""", Judged);
        await host.UntilAsync(CanaryPhase.AwaitingApproval);

        // Each of four approves many times over, by events that nobody has looked at before: what comes again has no effect, and is kept all the same.
        await Parallel.ForAsync(0, 100, async (n, cancellation) => await host.Client.RaiseEventAsync(
            "canary.foo.hello.1", CanaryDecision.EventName, new CanaryDecision(Verb.Approve, $"person {n % 4}", $"{n}", host.Now), cancellation));
        var approved = await host.UntilAsync("four approvals", view => view.Approvals?.Count == 4);
        Assert.Equal(CanaryPhase.AwaitingApproval, approved.Phase);
        Assert.Equal(HttpStatusCode.Conflict, (await host.SayAsync("approve", new { by = "person 2" })).Code);

        await host.SayAcceptedAsync("approve");
        await host.UntilAsync(CanaryPhase.Promoted);
        var record = await host.EndOfRunAsync(1);
        Assert.Equal(Enumerable.Range(0, 100).Select(n => $"{n}").Append("because").Order(), record.Decisions.Select(decision => decision.Reason).Order());
        Assert.Equal([10, 50, 100], record.Weights!.Select(change => change.Weight));
        Assert.Empty(record.Errors);
    }

    [Fact]
    public async Task Failures_are_counted_across_histories()
    {
        await using var host = await CanaryHost.StartAsync(turnsPerHistory: 1);
        host.Cluster.Metrics.Set("v0-0-2");
        await host.SubmitAcceptedAsync("v0-0-2", """{"setWeight":10},{"pause":{}}""", Judged);
        await host.UntilAsync("five samples", view => view.Analysis is [{ Samples: >= 5 }]);

        host.Cluster.Metrics.Set("v0-0-2", success: 0);
        var record = await host.EndOfRunAsync(1);

        Assert.Equal(CanaryPhase.RolledBack, record.View.Phase);
        Assert.Equal(2, record.Samples.Count(sample => sample.Verdicts.Values.Contains(Verdict.Failed)));
        Assert.Equal(host.Before, host.Cluster.Rules);
    }

    [Fact]
    public async Task What_others_changed_before_is_not_told_again_and_what_they_change_later_is()
    {
        await using var host = await CanaryHost.StartAsync(turnsPerHistory: 1);
        host.Cluster.Metrics.Set("v0-0-2");
        await host.SubmitAcceptedAsync("v0-0-2", """{"setWeight":10},{"pause":{}}""", Judged + ""","onForeignChange":"respect" """);
        await host.UntilAsync("a sample", view => view.Analysis is [{ Samples: >= 1 }]);
        var rule = host.Cluster.Resources.Get(ResourceType.VirtualService, "foo", "hello")!;
        rule["metadata"]!["labels"]!["team"] = "bar";
        host.Cluster.Resources.Put(ResourceType.VirtualService, rule);
        var samples = (await host.UntilAsync("the first change", view => view.Changes?.Count == 1)).Analysis[0].Samples;
        await host.UntilAsync("more samples", view => view.Analysis is [{ Samples: var later }] && later > samples + 5);

        Assert.Single((await host.ViewAsync()).Changes!);
        rule = host.Cluster.Resources.Get(ResourceType.VirtualService, "foo", "hello")!;
        rule["spec"]!["http"]!.AsArray().Single(route => route.Text("name") == "default")!["timeout"] = "7s";
        host.Cluster.Resources.Put(ResourceType.VirtualService, rule);
        await host.UntilAsync("the second change", view => view.Changes?.Count == 2);
        await host.SayAcceptedAsync("abort");
        Assert.Equal(2, (await host.EndOfRunAsync(1)).Changes!.Count);
        Assert.Contains("\"timeout\":\"7s\"", host.Cluster.Rules, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("confirm-rollout", CanaryPhase.Aborted)]
    [InlineData("pre-rollout", CanaryPhase.RolledBack)]
    [InlineData("confirm-traffic-increase", CanaryPhase.Aborted)]
    [InlineData("confirm-promotion", CanaryPhase.Aborted)]
    public async Task A_gate_is_asked_once_an_interval_and_its_failures_are_counted(string type, CanaryPhase end)
    {
        await using var server = new LoopbackServer(_ => (HttpStatusCode.Conflict, "not yet"));
        await using var host = await CanaryHost.StartAsync(server.Address.Authority, turnsPerHistory: 1);
        host.Cluster.Metrics.Set("v0-0-2");
        var began = host.Now;
        await host.SubmitAcceptedAsync("v0-0-2", """{"setWeight":10}""", Judged + Gate(server, "ask", type));
        if (end is CanaryPhase.Aborted)
        {
            await Eventually.Async(() => server.Requests.Count >= 5, TimeSpan.FromSeconds(30), "the gate to be asked five times");
            await host.SayAcceptedAsync("abort");
        }

        var record = await host.EndOfRunAsync(1);

        var asked = server.Requests.Count;
        Assert.Equal(end, record.View.Phase);
        Assert.InRange(asked, 2, 1 + (int)((host.Now - began).TotalSeconds / 2));
        Assert.True(end is CanaryPhase.Aborted || asked == 2, $"asked {asked} times");
        Assert.Equal(host.Before, host.Cluster.Rules);
    }

    [Fact]
    public async Task A_process_that_starts_anew_goes_on_with_the_last_history()
    {
        await using var host = await CanaryHost.StartAsync(turnsPerHistory: 1);
        host.Cluster.Metrics.Set("v0-0-2");
        await host.SubmitAcceptedAsync("v0-0-2", """{"setWeight":10},{"pause":{}},{"setWeight":50}""", Judged);
        for (var restart = 0; restart < 3; restart++)
        {
            var samples = (await host.UntilAsync(CanaryPhase.Paused)).Analysis.Sum(metric => metric.Samples);
            await host.UntilAsync("more samples", view => view.Analysis.Sum(metric => metric.Samples) > samples + 2);
            await host.RestartAsync();
        }

        await host.SayAcceptedAsync("resume");
        await host.UntilAsync(CanaryPhase.Promoted);
        var record = await host.EndOfRunAsync(1);
        Assert.Equal([10, 50, 100], record.Weights!.Select(change => change.Weight));
        Assert.Equal(record.Samples.Count, record.Samples.Select(sample => sample.Sample.At).Distinct().Count());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(500)]
    public async Task What_was_measured_is_read_while_the_old_version_is_kept_and_after_an_undo(int turnsPerHistory)
    {
        await using var host = await CanaryHost.StartAsync(turnsPerHistory: turnsPerHistory);
        host.Cluster.Metrics.Set("v0-0-2");
        await host.SubmitAcceptedAsync("v0-0-2", """{"setWeight":10},{"setWeight":50}""", Judged.Replace("\"0s\"", "\"90h\"", StringComparison.Ordinal));
        await host.UntilAsync(CanaryPhase.Promoted);

        var kept = await Eventually.GetAsync(
            async () => (await host.HistoryAsync()).SingleOrDefault(run => run.Weights?.Count == 3), TimeSpan.FromSeconds(30), "the whole record of the run");
        Assert.Equal((CanaryPhase.Promoted, true), (kept.View.Phase, kept.View.UndoUntil > host.Now.AddHours(80)));
        Assert.Equal([10, 50, 100], kept.Weights!.Select(change => change.Weight));
        Assert.Contains("the end of keepStable", (await host.ViewAsync()).WaitingFor!.What, StringComparison.Ordinal);

        await host.RestartAsync();
        await host.SayAcceptedAsync("undo");
        var record = await host.EndOfRunAsync(1);
        Assert.Equal(CanaryPhase.RolledBack, record.View.Phase);
        Assert.Equal(kept.Samples.Select(sample => sample.Sample.At), record.Samples.Select(sample => sample.Sample.At));
        Assert.Equal(host.Before, host.Cluster.Rules);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(500)]
    public async Task A_gate_that_answers_while_the_run_is_paused_holds_nobody_up(int turnsPerHistory)
    {
        using var answers = new ManualResetEventSlim();
        await using var server = new LoopbackServer(_ => (answers.Wait(TimeSpan.FromSeconds(20)) ? HttpStatusCode.OK : HttpStatusCode.Conflict, ""));
        await using var host = await CanaryHost.StartAsync(server.Address.Authority, turnsPerHistory);
        host.Cluster.Metrics.Set("v0-0-2");
        await host.SubmitAcceptedAsync("v0-0-2", """{"setWeight":10}""", Judged + Gate(server, "ask", "confirm-traffic-increase"));
        await Eventually.Async(() => !server.Requests.IsEmpty, TimeSpan.FromSeconds(30), "the gate to be asked");

        await host.SayAcceptedAsync("pause");
        await host.UntilAsync(CanaryPhase.Paused);
        var events = host.EventsOf(1);
        answers.Set();
        await Eventually.Async(() => host.EventsOf(1) > events, TimeSpan.FromSeconds(30), "the answer to be heard");
        await host.SayAcceptedAsync("resume");
        await host.UntilAsync(CanaryPhase.Promoted);
    }

    [Fact]
    public async Task Gates_that_have_let_a_run_pass_are_not_asked_again_while_it_waits_at_the_next()
    {
        await using var server = new LoopbackServer(request => (request.Path == "/first" ? HttpStatusCode.OK : HttpStatusCode.Conflict, ""));
        await using var host = await CanaryHost.StartAsync(server.Address.Authority, turnsPerHistory: 1);
        host.Cluster.Metrics.Set("v0-0-2");
        var gates = $"{Gate(server, "first", "confirm-traffic-increase")[..^1]},{Gate(server, "second", "confirm-traffic-increase")[10..]}";
        await host.SubmitAcceptedAsync("v0-0-2", """{"setWeight":10}""", Judged + gates);
        await Eventually.Async(() => server.Requests.Count(request => request.Path == "/second") >= 4, TimeSpan.FromSeconds(30), "the second gate to be asked four times");

        Assert.Single(server.Requests, request => request.Path == "/first");
        await host.SayAcceptedAsync("abort");
        await host.EndOfRunAsync(1);
    }

    [Fact]
    public async Task A_run_that_is_over_and_restarted_begins_at_its_beginning()
    {
        await using var host = await CanaryHost.StartAsync(turnsPerHistory: 1);
        host.Cluster.Metrics.Set("v0-0-2");
        await host.SubmitAcceptedAsync("v0-0-2", """{"approve":{"timeout":"9h"}},{"setWeight":10}""", Judged);
        await host.UntilAsync(CanaryPhase.AwaitingApproval);
        await host.SayAcceptedAsync("pause");
        await host.UntilAsync(CanaryPhase.Paused);
        await host.SayAcceptedAsync("resume");
        await host.UntilAsync(CanaryPhase.AwaitingApproval);
        await host.SayAcceptedAsync("approve");
        await host.EndOfRunAsync(1);
        var promoted = host.Cluster.Rules;

        await host.Client.RestartAsync("canary.foo.hello.1");
        var record = await host.EndOfRunAsync(1);

        Assert.Equal(CanaryPhase.Failed, record.View.Phase);
        Assert.Contains("v0-0-2", record.View.Reason, StringComparison.Ordinal);
        Assert.Equal((promoted, true), (host.Cluster.Rules, host.Cluster.Deployment("v0-0-2") is not null));
    }

    private static string Gate(LoopbackServer server, string name, string type) =>
        $$""","gates":[{"name":"{{name}}","type":"{{type}}","webhook":{"url":"{{server.Address}}{{name}}"} }]""";
}
