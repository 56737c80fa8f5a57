using System.Net;
using System.Text.Json.Nodes;
using Orchestrator.Domain.Calendars;
using Orchestrator.Domain.Canaries;
using Orchestrator.Domain.Tenants;

namespace Orchestrator.Functions.Tests.Canaries;

/// <summary>Windows and freezes, which hold back every increase and nothing else.</summary>
public sealed class CanaryCalendarTests
{
    private static readonly TenantSpec Tenant = new() { Tenant = "foo", Gateway = new() { Service = new(ServiceType.NodePort, []) } };

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
        await host.HaveTenantAsync(Tenant with
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
    public async Task A_freeze_that_begins_while_pods_are_awaited_holds_the_increase_that_they_are_for()
    {
        await using var host = await CanaryHost.StartAsync();
        host.Cluster.Metrics.Set("v0-0-2");
        await host.SubmitAcceptedAsync("v0-0-2", """{"setCanaryScale":{"matchTrafficWeight":true}},{"pause":{}},{"setWeight":60}""", Quick);
        await host.UntilAsync("the pause", view => view.Step?.Kind == "pause" && view.Phase == CanaryPhase.Paused);
        host.Cluster.NeverReady("v0-0-2", fails: false);
        await host.SayAcceptedAsync("promote");
        await host.UntilAsync("the pods", view => view.Step?.Kind == "setWeight" && view.WaitingFor is not null);
        await FreezeAsync(host);
        host.Cluster.Ready("v0-0-2");

        var frozen = await host.UntilAsync("the freeze", view => view.WaitingFor?.What == Frozen);
        Assert.Equal(new Weights(100, 0), frozen.Weights);
        Assert.Equal(HttpStatusCode.OK, (await host.SendAsync(HttpMethod.Delete, Freeze, new { by = "ann" })).Code);
        await host.UntilAsync(CanaryPhase.Promoted);
    }

    [Fact]
    public async Task An_increase_whose_steps_would_cross_into_a_freeze_waits_until_that_is_over()
    {
        await using var host = await CanaryHost.StartAsync();
        host.Cluster.Metrics.Set("v0-0-2");
        var (begins, ends) = (host.Now.AddMinutes(5), host.Now.AddMinutes(6));
        await host.HaveTenantAsync(Tenant with { Freezes = [new(begins, ends, "the fair")] });
        await host.SubmitAcceptedAsync("v0-0-2", """{"setWeight":5},{"setWeight":10},{"pause":{"duration":"8m"}},{"setWeight":20}""", $"{Quick}, \"deadline\":\"1h\"");

        var waiting = await host.UntilAsync("the freeze", view => view.WaitingFor?.What.StartsWith("the calendar", StringComparison.Ordinal) is true);
        Assert.Equal(
            $"the calendar to open at {ends:yyyy-MM-dd HH:mm}Z: it would still be at 10 % when tenant foo is frozen at {begins:yyyy-MM-dd HH:mm}Z (the…", waiting.WaitingFor!.What);
        Assert.Equal((new Weights(95, 5), ends), (waiting.Weights, waiting.WaitingFor.Until));
        Assert.True(host.Now < begins);

        var (code, body) = await host.SayAsync("promote");
        Assert.Equal(HttpStatusCode.Conflict, code);
        Assert.Contains("it would still be at 10 % when", (string?)body!["detail"], StringComparison.Ordinal);

        await host.UntilAsync("the increase", view => view.Weights == new Weights(90, 10));
        Assert.True(host.Now >= ends);
        await host.SayAcceptedAsync("abort");
        await host.UntilAsync(CanaryPhase.Aborted);
    }

    [Fact]
    public async Task A_step_that_no_window_has_room_for_is_refused_by_name()
    {
        await using var host = await CanaryHost.StartAsync();
        const string Steps = """{"setWeight":10},{"setWeight":50},{"pause":{"duration":"90m"}}""";
        await WindowsAsync(host, """{"from":"00:00","to":"01:00","timeZone":"UTC"},{"from":"12:00","to":"13:00","timeZone":"UTC"}""");

        var (code, body) = await host.SubmitAsync("v0-0-2", Steps);
        Assert.Equal((HttpStatusCode.BadRequest, "/steps/1", "never"), (code, (string?)body!["errors"]![0]!["pointer"], (string?)body["errors"]![0]!["code"]));
        Assert.Contains(
            "would stay at 50 % for 1h30m, and the longest opening is 1h (everything has windows: Mon–Sun 00:00–01:00 UTC", (string?)body["errors"]![0]!["message"], StringComparison.Ordinal);

        await WindowsAsync(host, """{"from":"00:00","to":"02:00","timeZone":"UTC"}""");
        await host.SubmitAcceptedAsync("v0-0-2", Steps);
    }

    [Fact]
    public async Task A_freeze_of_a_service_and_windows_of_everything_hold_beside_each_other()
    {
        await using var host = await CanaryHost.StartAsync();
        var ends = host.Now.AddMinutes(4);
        await host.HaveTenantAsync(Tenant with { Services = [new("hello", 8080, "/foo/", "v0-0-1") { Freezes = [new(host.Now.AddHours(-1), ends, "the fair")] }] });
        var other = host.Now.AddDays(3).DayOfWeek.ToString()[..3];
        await WindowsAsync(host, $$"""{"days":["{{other}}"],"from":"00:00","to":"24:00","timeZone":"UTC"}""");
        await host.SubmitAcceptedAsync("v0-0-2", """{"setWeight":10}""", Quick);

        await host.UntilAsync("the windows of everything", view => view.WaitingFor?.What.Contains($"everything has windows: {other} 00:00–24:00 UTC", StringComparison.Ordinal) is true);
        Assert.Equal(HttpStatusCode.OK, (await host.SendAsync(HttpMethod.Delete, "/api/windows", new { by = "ann" })).Code);
        var frozen = await host.UntilAsync("the freeze", view => view.WaitingFor?.What.Contains("service hello is frozen (the fair)", StringComparison.Ordinal) is true);
        Assert.Equal((ends, new Weights(100, 0)), (frozen.WaitingFor!.Until, frozen.Weights));
        await host.UntilAsync("the increase", view => view.Weights.Canary > 0);
        Assert.True(host.Now >= ends);
    }

    [Fact]
    public async Task A_canary_without_windows_of_its_own_is_refused_where_those_of_others_are_never_open_together()
    {
        await using var host = await CanaryHost.StartAsync();
        await host.HaveTenantAsync(Tenant with { Windows = [new([Weekday.Mon], TimeSpan.FromHours(1), TimeSpan.FromHours(2), "UTC")] });
        await WindowsAsync(host, """{"days":["Tue"],"from":"01:00","to":"02:00","timeZone":"UTC"}""");

        var (code, body) = await host.SubmitAsync("v0-0-2", """{"setWeight":10}""");
        Assert.Equal(
            (HttpStatusCode.BadRequest, "The candidate could never have more traffic: no moment is in all windows (everything has windows: Tue 01:00–02:00 UTC; tenant foo has windows: Mon 01:00–02:00 UTC)."),
            (code, (string?)body!["errors"]![0]!["message"]));
    }

    [Fact]
    public async Task The_windows_of_everything_are_shown_until_they_are_lifted()
    {
        await using var host = await CanaryHost.StartAsync();
        Assert.Empty((await host.SendAsync(HttpMethod.Get, "/api/windows")).Body!["windows"]!.AsArray());
        await WindowsAsync(host, """{"days":["Mon"],"from":"09:00","to":"17:00","timeZone":"Europe/Zurich"}""");

        await host.RestartAsync();
        var shown = (await host.SendAsync(HttpMethod.Get, "/api/windows")).Body!;
        Assert.Equal(("17:00", "ann", "office hours"), ((string?)shown["windows"]![0]!["to"], (string?)shown["by"], (string?)shown["reason"]));
        Assert.Equal(HttpStatusCode.BadRequest, (await host.SendAsync(HttpMethod.Put, "/api/windows", new { by = "ann" })).Code);
        Assert.Equal(HttpStatusCode.OK, (await host.SendAsync(HttpMethod.Delete, "/api/windows", new { by = "bob" })).Code);
        Assert.Empty((await host.SendAsync(HttpMethod.Get, "/api/windows")).Body!["windows"]!.AsArray());
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

    private static async Task WindowsAsync(CanaryHost host, string windows)
    {
        var (code, body) = await host.SendAsync(HttpMethod.Put, "/api/windows", JsonNode.Parse($$"""{"windows":[{{windows}}],"by":"ann","reason":"office hours"}"""));
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
