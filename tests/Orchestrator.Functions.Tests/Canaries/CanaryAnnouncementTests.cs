using System.Net;
using System.Text.Json.Nodes;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Domain.Canaries;
using Orchestrator.Fakes;
using Orchestrator.TestKit;

namespace Orchestrator.Functions.Tests.Canaries;

public sealed class CanaryAnnouncementTests
{
    private const string Quick = """, "analysis":{"interval":"5s","failureLimit":0,"minRequests":20},"keepStable":"0s" """;

    [Fact]
    public async Task The_cluster_tells_of_each_phase_once()
    {
        await using var host = await CanaryHost.StartAsync();
        host.Cluster.Metrics.Set("v0-0-2", success: 80);

        await host.SubmitAcceptedAsync("v0-0-2", """{"setWeight":10},{"analyze":{"duration":"1m"}},{"setWeight":100}""", Quick);
        await host.EndOfRunAsync(1);
        var end = await EventAsync(host, "CanaryRolledBack");

        Assert.Contains("success-rate was 80 %", end.Text("message"), StringComparison.Ordinal);
        Assert.Equal(
            ["CanaryPreparing Normal", "CanaryProgressing Normal", "CanaryRolledBack Warning", "CanaryRollingBack Warning"],
            (await EventsAsync(host)).Select(e => $"{e.Text("reason")} {e.Text("type")}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_promotion_is_told_once_and_not_only_when_the_old_version_has_gone()
    {
        await using var host = await CanaryHost.StartAsync();
        host.Cluster.Metrics.Set("v0-0-2");

        await host.SubmitAcceptedAsync("v0-0-2", """{"setWeight":10}""", """, "analysis":{"interval":"5s"},"keepStable":"5m" """);
        await EventAsync(host, "CanaryPromoted");
        Assert.NotNull((await host.ViewAsync()).WaitingFor);
        await host.SubmitAcceptedAsync("v0-0-3", """{"approve":{"timeout":"1h"}}""", Quick);
        await EventAsync(host, "CanaryAwaitingApproval");

        Assert.Single(await EventsAsync(host), e => e.Text("reason") == "CanaryPromoted");
    }

    [Fact]
    public async Task A_cluster_that_takes_no_Events_hinders_no_canary()
    {
        await using var host = await CanaryHost.StartAsync();
        host.Cluster.Metrics.Set("v0-0-2");
        host.Cluster.Resources.OnCall = call =>
        {
            if (call.StartsWith("create Event", StringComparison.Ordinal))
            {
                throw FakeResources.Refusal(HttpStatusCode.Forbidden, "Forbidden", "no");
            }
        };

        await host.SubmitAcceptedAsync("v0-0-2", """{"setWeight":10}""", Quick);

        Assert.Equal(CanaryPhase.Promoted, (await host.EndOfRunAsync(1)).View.Phase);
    }

    private static Task<IReadOnlyList<JsonObject>> EventsAsync(CanaryHost host) => host.Cluster.Resources.ListAsync(ResourceType.Event, "foo", null, default);

    private static Task<JsonObject> EventAsync(CanaryHost host, string reason) => Eventually.GetAsync(
        async () => (await EventsAsync(host)).SingleOrDefault(e => e.Text("reason") == reason), TimeSpan.FromSeconds(60), $"an Event {reason}");
}
