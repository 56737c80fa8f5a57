using System.Net;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Domain.Canaries;
using Orchestrator.Fakes;
using Orchestrator.TestKit;

namespace Orchestrator.Functions.Tests.Canaries;

public sealed class CanarySupervisionTests
{
    private const string Quick = """, "analysis":{"interval":"5s","failureLimit":0,"minRequests":20},"keepStable":"0s" """;
    private const string Wait = """{"pause":{}}""";

    [Fact]
    public async Task A_newer_version_waits_and_the_newest_runs_next()
    {
        await using var host = await CanaryHost.StartAsync();
        await host.SubmitAcceptedAsync("v0-0-2", Wait, Quick);
        await host.UntilAsync(CanaryPhase.Paused);
        await host.SubmitAcceptedAsync("v0-0-3", Wait, Quick);
        await host.SubmitAcceptedAsync("v0-0-4", Wait, Quick);
        Assert.Equal("v0-0-2", (await host.ViewAsync()).Candidate);
        Assert.Equal(
            ["v0-0-2 Paused", "v0-0-4 Queued"],
            (await host.SendAsync(HttpMethod.Get, "/api/tenants/foo/canaries")).Body!.AsArray().Select(view => $"{view!["candidate"]} {view["phase"]}"));

        await host.SayAcceptedAsync("abort");
        await host.UntilAsync("the newest", view => view is { Candidate: "v0-0-4", Phase: CanaryPhase.Paused });
        await host.SayAcceptedAsync("abort");
        await host.EndOfRunAsync(2);

        Assert.Equal(["v0-0-2", "v0-0-4"], (await host.HistoryAsync()).Select(record => record.View.Candidate));
    }

    [Fact]
    public async Task A_newer_version_supersedes_where_that_is_declared()
    {
        await using var host = await CanaryHost.StartAsync();
        var before = host.Cluster.Rules;
        await host.SubmitAcceptedAsync("v0-0-2", """{"setWeight":10},{"pause":{}}""", Quick + ""","onNewVersion":"supersede" """);
        await host.UntilAsync(CanaryPhase.Paused);
        await host.SubmitAcceptedAsync("v0-0-3", Wait, Quick);
        await host.UntilAsync("the newer one", view => view is { Candidate: "v0-0-3", Phase: CanaryPhase.Paused });

        var superseded = await host.EndOfRunAsync(1);
        Assert.Equal((CanaryPhase.Superseded, "superseded by v0-0-3"), (superseded.View.Phase, superseded.View.Reason));
        Assert.Null(host.Cluster.Deployment("v0-0-2"));
        await host.SayAcceptedAsync("abort");
        await host.UntilAsync(CanaryPhase.Aborted);
        Assert.Equal(before, host.Cluster.Rules);
    }

    [Fact]
    public async Task A_newer_version_is_refused_where_that_is_declared()
    {
        await using var host = await CanaryHost.StartAsync();
        await host.SubmitAcceptedAsync("v0-0-2", Wait, Quick + ""","onNewVersion":"reject" """);
        await host.UntilAsync(CanaryPhase.Paused);

        Assert.Equal(HttpStatusCode.Conflict, (await host.SubmitAsync("v0-0-3", Wait, Quick)).Code);
        Assert.Equal(HttpStatusCode.Conflict, (await host.SubmitAsync("v0-0-2", """{"pause":{}},{"pause":{}}""", Quick)).Code);

        await host.SayAcceptedAsync("abort");
        await host.EndOfRunAsync(1);
        Assert.Single(await host.HistoryAsync());
    }

    [Fact]
    public async Task The_same_spec_again_is_the_same_run()
    {
        await using var host = await CanaryHost.StartAsync();
        await host.SubmitAcceptedAsync("v0-0-2", Wait, Quick);
        var first = await host.UntilAsync(CanaryPhase.Paused);
        await host.SubmitAcceptedAsync("v0-0-2", Wait, Quick);
        await host.SayAcceptedAsync("abort");
        await host.EndOfRunAsync(1);

        Assert.Equal(first.InstanceId, (await host.UntilAsync(CanaryPhase.Aborted)).InstanceId);
    }

    [Fact]
    public async Task A_newer_version_need_not_wait_for_the_old_one_to_be_kept()
    {
        await using var host = await CanaryHost.StartAsync();
        host.Cluster.Metrics.Set("v0-0-2");
        await host.SubmitAcceptedAsync("v0-0-2", """{"setWeight":100}""", ""","analysis":{"interval":"5s"},"keepStable":"100h","onNewVersion":"reject" """);
        await host.UntilAsync("keepStable", view => view is { Phase: CanaryPhase.Promoted, WaitingFor: not null });

        await host.SubmitAcceptedAsync("v0-0-3", Wait, Quick);
        var next = await host.UntilAsync("the next", view => view is { Candidate: "v0-0-3", Phase: CanaryPhase.Paused });

        Assert.Equal("v0-0-2", next.Stable);
        Assert.Equal(0, (int)host.Cluster.Deployment(FakeCluster.Stable)!["spec"]!["replicas"]!);
    }

    [Fact]
    public async Task A_run_that_ended_makes_room_for_the_same_version_again()
    {
        await using var host = await CanaryHost.StartAsync();
        host.Cluster.Metrics.Set("v0-0-2", success: 0);
        await host.SubmitAcceptedAsync("v0-0-2", """{"setWeight":10},{"setWeight":100}""", Quick);
        await host.UntilAsync(CanaryPhase.RolledBack);
        await host.EndOfRunAsync(1);

        host.Cluster.Metrics.Set("v0-0-2");
        await host.SubmitAcceptedAsync("v0-0-2", """{"setWeight":10},{"setWeight":100}""", Quick);
        await host.UntilAsync(CanaryPhase.Promoted);

        Assert.Equal([CanaryPhase.RolledBack, CanaryPhase.Promoted], (await host.HistoryAsync()).Select(record => record.View.Phase));
    }

    [Fact]
    public async Task A_host_that_stops_in_the_middle_goes_on_where_it_stood()
    {
        await using var host = await CanaryHost.StartAsync();
        host.Cluster.Metrics.Set("v0-0-2");
        await host.SubmitAcceptedAsync("v0-0-2", """{"setWeight":10},{"analyze":{"duration":"10s"}},{"approve":{"timeout":"100h"}},{"setWeight":100}""", Quick + ""","deadline":"160h" """);
        for (var restart = 0; restart < 3; restart++)
        {
            await host.RestartAsync();
        }

        await host.UntilAsync(CanaryPhase.AwaitingApproval);
        await host.RestartAsync();
        await host.SayAcceptedAsync("approve");
        await host.UntilAsync(CanaryPhase.Promoted);

        Assert.Single(host.Cluster.Resources.Writes, write => write.StartsWith("create Deployment", StringComparison.Ordinal));
        Assert.Single(await host.HistoryAsync());
    }

    [Fact]
    public async Task Short_trouble_with_the_API_server_is_sat_out()
    {
        await using var host = await CanaryHost.StartAsync();
        host.Cluster.Metrics.Set("v0-0-2");
        var faults = 6;
        host.Cluster.Resources.OnCall = call =>
        {
            if (call.Contains("VirtualService", StringComparison.Ordinal) && Interlocked.Decrement(ref faults) >= 0)
            {
                throw FakeResources.Refusal(HttpStatusCode.InternalServerError, "InternalError", "etcd is away");
            }
        };
        await host.SubmitAcceptedAsync("v0-0-2", """{"setWeight":100}""", Quick);

        await host.UntilAsync(CanaryPhase.Promoted);
        Assert.True(faults < 0);
    }

    [Fact]
    public async Task Long_trouble_on_the_way_forward_ends_in_Failed_with_everything_back()
    {
        await using var host = await CanaryHost.StartAsync();
        var before = host.Cluster.Rules;
        var down = true;
        host.Cluster.Resources.OnCall = call =>
        {
            if (Volatile.Read(ref down) && call.StartsWith("patch DestinationRule", StringComparison.Ordinal))
            {
                throw FakeResources.Refusal(HttpStatusCode.InternalServerError, "InternalError", "etcd is away");
            }
        };
        await host.SubmitAcceptedAsync("v0-0-2", """{"setWeight":100}""", Quick);

        var end = await host.UntilAsync(CanaryPhase.Failed);

        Assert.Contains("etcd is away", end.Reason, StringComparison.Ordinal);
        Assert.Equal(before, host.Cluster.Rules);
        Assert.Null(host.Cluster.Deployment("v0-0-2"));
    }

    [Fact]
    public async Task Nothing_is_torn_down_while_the_routes_cannot_be_taken_back()
    {
        await using var host = await CanaryHost.StartAsync();
        host.Cluster.Metrics.Set("v0-0-2");
        await host.SubmitAcceptedAsync("v0-0-2", """{"setWeight":50},{"pause":{}}""", Quick);
        await host.UntilAsync(CanaryPhase.Paused);
        host.Cluster.Resources.OnCall = call =>
        {
            if (call.StartsWith("patch VirtualService", StringComparison.Ordinal))
            {
                throw FakeResources.Refusal(HttpStatusCode.Forbidden, "Forbidden", "the right to write was taken");
            }
        };
        await host.SayAcceptedAsync("abort");

        var end = await host.UntilAsync(CanaryPhase.Failed);

        Assert.Contains("not taken back: the routes to be as before", end.Reason, StringComparison.Ordinal);
        Assert.Contains("the right to write was taken", end.Reason, StringComparison.Ordinal);
        Assert.NotNull(host.Cluster.Deployment("v0-0-2"));
        Assert.Contains("v0-0-2", host.Cluster.Resources.Get(ResourceType.DestinationRule, "foo", "hello")!.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_canary_that_cannot_begin_says_why_and_writes_nothing()
    {
        await using var host = await CanaryHost.StartAsync();
        await host.SubmitAcceptedAsync(FakeCluster.Stable, Wait, Quick);

        var end = await host.UntilAsync(CanaryPhase.Failed);

        Assert.Equal("v0-0-1 has all the traffic of foo/hello already: there is nothing to promote.", end.Reason);
        Assert.Empty(host.Cluster.Resources.Writes);
    }

    [Fact]
    public async Task Bad_requests_are_answered_with_what_is_wrong()
    {
        await using var host = await CanaryHost.StartAsync();

        var (code, body) = await host.SendAsync(HttpMethod.Post, "/api/tenants/foo/canaries", new { service = "Hello", colour = "red" });
        Assert.Equal(HttpStatusCode.BadRequest, code);
        Assert.Equal(["/candidate", "/colour", "/service"], body!["errors"]!.AsArray().Select(error => (string?)error!["pointer"]).Order(StringComparer.Ordinal));
        Assert.Equal(
            HttpStatusCode.NotFound,
            (await host.SendAsync(HttpMethod.Post, "/api/tenants/bar/canaries", new { service = "hello", candidate = new { version = "v2" } })).Code);
        Assert.Equal(HttpStatusCode.NotFound, (await host.SendAsync(HttpMethod.Get, "/api/tenants/foo/canaries/hello")).Code);
        Assert.Equal(HttpStatusCode.NotFound, (await host.SayAsync("abort")).Code);
    }

    [Fact]
    public async Task The_lists_show_what_there_is()
    {
        await using var host = await CanaryHost.StartAsync();
        await host.SubmitAcceptedAsync("v0-0-2", Wait, Quick);
        await host.UntilAsync(CanaryPhase.Paused);

        Assert.Equal("hello", (string?)(await host.SendAsync(HttpMethod.Get, "/api/tenants/foo/canaries")).Body!.AsArray().Single()!["service"]);
        Assert.Equal(HttpStatusCode.NotFound, (await host.SendAsync(HttpMethod.Get, "/api/tenants/foo.hello/canaries/1")).Code);
        Assert.Equal("hello", (string?)(await host.SendAsync(HttpMethod.Get, "/api/canaries")).Body!.AsArray().Single()!["service"]);

        await host.SayAcceptedAsync("abort");
        await host.EndOfRunAsync(1);

        Assert.Equal("Aborted", (string?)(await host.SendAsync(HttpMethod.Get, "/api/tenants/foo/canaries")).Body!.AsArray().Single()!["phase"]);
        Assert.Empty((await host.SendAsync(HttpMethod.Get, "/api/canaries")).Body!.AsArray());
    }

    [Fact]
    public async Task A_run_that_was_terminated_is_told_as_such_and_the_next_can_begin()
    {
        await using var host = await CanaryHost.StartAsync();
        await host.SubmitAcceptedAsync("v0-0-2", Wait, Quick);
        var paused = await host.UntilAsync(CanaryPhase.Paused);
        await host.Client.TerminateInstanceAsync(paused.InstanceId);

        var end = await host.UntilAsync(CanaryPhase.Failed);
        Assert.StartsWith("the run was terminated, and nothing was taken back", end.Reason, StringComparison.Ordinal);

        await Eventually.Async(async () => (await host.SubmitAsync("v0-0-3", Wait, Quick)).Code == HttpStatusCode.Accepted, TimeSpan.FromSeconds(10), "room");
        await host.UntilAsync("the next", view => view is { Candidate: "v0-0-3", Phase: CanaryPhase.Paused });
    }
}
