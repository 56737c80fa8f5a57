using System.Net;
using System.Text.Json.Nodes;
using Orchestrator.Domain.Calendars;
using Orchestrator.Domain.Canaries;
using Orchestrator.Domain.Tenants;

namespace Orchestrator.Functions.Tests.Canaries;

/// <summary>Windows and freezes, which hold back every increase and nothing else.</summary>
public sealed class CanaryCalendarTests
{
    private const string Freeze = "/api/freezes/incident-7";
    private const string Quick = """, "analysis":{"interval":"5s","failureLimit":0,"minRequests":20},"keepStable":"0s" """;
    private const string Frozen = "the calendar to open: everything is frozen until that is lifted (incident-7: the database is slow)";

    [Fact]
    public async Task A_ramp_waits_for_its_window_and_goes_on_by_itself()
    {
        await using var host = await CanaryHost.StartAsync();
        host.Cluster.Metrics.Set("v0-0-2");
        var (opens, window) = NextWindow(host.Now);
        await host.SubmitAcceptedAsync("v0-0-2", """{"setWeight":10},{"setWeight":100}""", $"{Quick}, \"windows\":[{window}]");

        var waiting = await host.UntilAsync("the window", view => view.WaitingFor?.What.StartsWith("the calendar to open at", StringComparison.Ordinal) is true);
        Assert.Equal((opens, new Weights(100, 0)), (waiting.WaitingFor!.Until, waiting.Weights));
        Assert.Contains("canary hello has windows: Mon–Sun", waiting.WaitingFor.What, StringComparison.Ordinal);

        await host.RestartAsync();
        await host.UntilAsync(CanaryPhase.Promoted);
        Assert.True(host.Now >= opens);
    }

    [Fact]
    public async Task A_freeze_during_a_run_holds_it_where_it_is_until_it_is_lifted()
    {
        await using var host = await CanaryHost.StartAsync();
        host.Cluster.Metrics.Set("v0-0-2");
        await host.SubmitAcceptedAsync("v0-0-2", """{"setWeight":10},{"pause":{}},{"setWeight":50},{"setWeight":100}""", Quick);
        await host.UntilAsync("the pause", view => view.Step?.Kind == "pause" && view.Phase == CanaryPhase.Paused);
        await FreezeAsync(host);
        await host.SayAcceptedAsync("resume");

        var frozen = await host.UntilAsync("the freeze", view => view.WaitingFor?.What == Frozen);
        await host.RestartAsync();
        var later = await host.UntilAsync("three more samples", view => view.Analysis[0].Samples >= frozen.Analysis[0].Samples + 3);
        Assert.Equal((Frozen, new Weights(90, 10), CanaryPhase.Progressing), (later.WaitingFor!.What, later.Weights, later.Phase));

        var (code, body) = await host.SayAsync("promote");
        Assert.Equal((HttpStatusCode.Conflict, $"It would wait for {Frozen}. Promote with force: true and a reason if it must be now."), (code, (string?)body!["detail"]));

        Assert.Equal(HttpStatusCode.OK, (await host.SendAsync(HttpMethod.Delete, Freeze, new { by = "ann" })).Code);
        await host.UntilAsync(CanaryPhase.Promoted);
    }

    [Fact]
    public async Task A_freeze_keeps_nobody_from_taking_the_candidate_back()
    {
        await using var host = await CanaryHost.StartAsync();
        var before = host.Cluster.Rules;
        host.Cluster.Metrics.Set("v0-0-2");
        await host.SubmitAcceptedAsync("v0-0-2", """{"setWeight":10},{"pause":{}},{"setWeight":100}""", Quick);
        await host.UntilAsync("the pause", view => view.Step?.Kind == "pause" && view.Phase == CanaryPhase.Paused);
        await FreezeAsync(host);
        await host.SayAcceptedAsync("resume");
        await host.UntilAsync("the freeze", view => view.WaitingFor?.What == Frozen);

        await host.SayAcceptedAsync("abort");
        await host.UntilAsync(CanaryPhase.Aborted);
        Assert.Equal(before, host.Cluster.Rules);
    }

    [Fact]
    public async Task A_candidate_that_gets_worse_is_taken_back_during_a_freeze()
    {
        await using var host = await CanaryHost.StartAsync();
        host.Cluster.Metrics.Set("v0-0-2");
        await host.SubmitAcceptedAsync("v0-0-2", """{"setWeight":10},{"pause":{}},{"setWeight":100}""", Quick);
        await host.UntilAsync("the pause", view => view.Step?.Kind == "pause" && view.Phase == CanaryPhase.Paused);
        await FreezeAsync(host);
        await host.SayAcceptedAsync("resume");
        await host.UntilAsync("the freeze", view => view.WaitingFor?.What == Frozen);
        host.Cluster.Metrics.Set("v0-0-2", success: 10);

        await host.UntilAsync(CanaryPhase.RolledBack);
    }

    [Fact]
    public async Task A_promotion_by_force_goes_on_and_stays_in_the_record_with_its_reason()
    {
        await using var host = await CanaryHost.StartAsync();
        await FreezeAsync(host);
        await host.SubmitAcceptedAsync("v0-0-2", """{"setWeight":10},{"setWeight":100}""", Quick);
        await host.UntilAsync("the freeze", view => view.WaitingFor?.What == Frozen);

        var (code, body) = await host.SayAsync("promote?full=true", new { by = "ann", force = true });
        Assert.Equal((HttpStatusCode.BadRequest, "/reason"), (code, (string?)body!["errors"]![0]!["pointer"]));
        Assert.Equal(HttpStatusCode.Accepted, (await host.SayAsync("promote?full=true&force=true", new { by = "ann", reason = "it is the fix" })).Code);

        var end = await host.UntilAsync(CanaryPhase.Promoted);
        Assert.Equal([("promote?full=true&force=true", "ann", "it is the fix")], end.Decisions.Select(decision => (decision.Verb, decision.By, decision.Reason)));
    }

    [Fact]
    public async Task A_promotion_in_full_waits_for_a_freeze_that_comes_before_it_is_carried_out()
    {
        await using var host = await CanaryHost.StartAsync();
        host.Cluster.NeverReady("v0-0-2", fails: false);
        await host.SubmitAcceptedAsync("v0-0-2", """{"setWeight":10},{"setWeight":100}""", Quick);
        await host.UntilAsync("the roll-out", view => view.WaitingFor is not null && host.Cluster.Deployment("v0-0-2") is not null);
        Assert.Equal(HttpStatusCode.Accepted, (await host.SayAsync("promote?full=true")).Code);
        await FreezeAsync(host);
        host.Cluster.Ready("v0-0-2");

        var frozen = await host.UntilAsync("the freeze", view => view.WaitingFor?.What == Frozen);
        Assert.Equal(new Weights(100, 0), frozen.Weights);
    }

    [Fact]
    public async Task The_deadline_of_a_run_ends_its_wait()
    {
        await using var host = await CanaryHost.StartAsync();
        await FreezeAsync(host);
        await host.SubmitAcceptedAsync("v0-0-2", """{"setWeight":10}""", Quick + ""","deadline":"1m" """);

        Assert.Equal($"the deadline passed while it waited for {Frozen}", (await host.UntilAsync(CanaryPhase.RolledBack)).Reason);
    }

    [Fact]
    public async Task A_tenants_windows_and_freezes_hold_back_its_canaries()
    {
        await using var host = await CanaryHost.StartAsync();
        var tenant = new TenantSpec { Tenant = "foo", Gateway = new() { Service = new(ServiceType.NodePort, []) } };
        await host.HaveTenantAsync(tenant with
        {
            Windows = [new([Weekday.Mon], TimeSpan.FromHours(1), TimeSpan.FromHours(2), "UTC")],
            Freezes = [new(host.Now.AddHours(-1), host.Now.AddHours(1), "the fair")],
        });

        var (code, body) = await host.SubmitAsync("v0-0-2", """{"setWeight":10}""", ""","windows":[{"days":["Tue"],"from":"01:00","to":"02:00","timeZone":"UTC"}] """);
        Assert.Equal((HttpStatusCode.BadRequest, "/windows"), (code, (string?)body!["errors"]![0]!["pointer"]));

        await host.SubmitAcceptedAsync("v0-0-2", """{"setWeight":10}""", Quick);
        var frozen = await host.UntilAsync("the freeze", view => view.WaitingFor?.What.Contains("tenant foo is frozen (the fair)", StringComparison.Ordinal) is true);
        Assert.Equal(CanaryPhase.Preparing, frozen.Phase);
    }

    [Fact]
    public async Task Freezes_are_listed_until_they_are_lifted()
    {
        await using var host = await CanaryHost.StartAsync();
        await FreezeAsync(host);
        var (code, body) = await host.SendAsync(HttpMethod.Put, "/api/freezes/fair", new { by = "bob", from = "2999-01-01T08:00", to = "2999-01-02T00:00:00+01:00", timeZone = "Europe/Zurich", reason = "the fair" });
        Assert.Equal((HttpStatusCode.OK, "2999-01-01T07:00:00Z", "2999-01-01T23:00:00Z"), (code, (string?)body!["from"], (string?)body["to"]));

        await host.RestartAsync();
        Assert.Equal([("fair", "bob"), ("incident-7", "ann")], (await ListAsync(host)).Select(freeze => ((string?)freeze!["name"], (string?)freeze["by"])));
        Assert.Equal(HttpStatusCode.OK, (await host.SendAsync(HttpMethod.Delete, Freeze, new { by = "bob", reason = "solved" })).Code);
        Assert.Equal(["fair"], (await ListAsync(host)).Select(freeze => (string?)freeze!["name"]));
        Assert.Equal(HttpStatusCode.NotFound, (await host.SendAsync(HttpMethod.Delete, Freeze, new { by = "bob" })).Code);
        Assert.Equal(HttpStatusCode.BadRequest, (await host.SendAsync(HttpMethod.Delete, "/api/freezes/fair", new { })).Code);
    }

    private static async Task FreezeAsync(CanaryHost host)
    {
        var (code, body) = await host.SendAsync(HttpMethod.Put, Freeze, new { by = "ann", reason = "the database is slow" });
        Assert.True(code == HttpStatusCode.OK, body?.ToJsonString());
    }

    private static async Task<JsonArray> ListAsync(CanaryHost host) => (await host.SendAsync(HttpMethod.Get, "/api/freezes")).Body!.AsArray();

    /// <summary>A window that opens in a minute or two, until midnight, in a zone where that is not near.</summary>
    private static (DateTime Opens, string Window) NextWindow(DateTime now)
    {
        var opens = new DateTime(now.Year, now.Month, now.Day, now.Hour, now.Minute, 0, DateTimeKind.Utc).AddMinutes(2);
        var (zone, local) = now.Hour is > 1 and < 22 ? ("UTC", opens) : ("Etc/GMT+6", opens.AddHours(-6));
        return (opens, $$"""{"from":"{{local:HH:mm}}","to":"24:00","timeZone":"{{zone}}"}""");
    }
}
