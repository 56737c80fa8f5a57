using System.Text.Json.Nodes;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Domain.Commands;
using Orchestrator.TestKit;

namespace Orchestrator.Functions.Tests.Commands;

/// <summary>The command queue on the real Azurite.</summary>
public sealed class CommandQueueTests(RunningAppWithQueues app) : IClassFixture<RunningAppWithQueues>
{
    private const string Onboard = "orchestrator.tenant.onboard";
    private const string Offboard = "orchestrator.tenant.offboard";

    [Fact]
    public async Task A_tenant_comes_and_goes_by_messages_and_each_is_told_what_came_of_it()
    {
        await app.SendAsync("come", Onboard, "tenants/queued", RunningApp.InnerTenant("queued"));

        var accepted = await app.EventAsync("come", "accepted");
        Assert.Equal("tenants/queued", accepted.Text("subject"));
        Assert.Equal(("/api/tenants/queued", "queued"), (accepted["data"].Text("location"), accepted["data"]!["view"].Text("tenant")));
        var ended = await app.EventAsync("come", "ended");
        Assert.Equal(("Ready", "/tests", Onboard), (ended["data"].Text("phase"), ended["data"]!["command"].Text("source"), ended["data"]!["command"].Text("type")));
        Assert.Equal("Ready", (await app.GetAsync("/api/tenants/queued")).Text("phase"));

        await app.SendAsync("again", Onboard, "tenants/queued", RunningApp.InnerTenant("queued"));
        await app.EventAsync("again", "unchanged");

        await app.SendAsync("go", Offboard, "tenants/queued");
        Assert.Equal("Offboarded", (await app.EventAsync("go", "ended"))["data"].Text("phase"));
    }

    [Fact]
    public async Task A_duplicate_has_no_second_effect()
    {
        await app.SendAsync("once", Onboard, "tenants/once", RunningApp.InnerTenant("once"));
        Assert.Equal("Ready", (await app.EventAsync("once", "ended"))["data"].Text("phase"));
        await app.SendAsync("once-off", Offboard, "tenants/once");
        await app.EventAsync("once-off", "ended");

        // Would it count again, the tenant would be back.
        await app.SendAsync("once", Onboard, "tenants/once", RunningApp.InnerTenant("once"));
        await app.SendAsync("after", Offboard, "tenants/never");

        Assert.Contains("There is no tenant 'never'", (await app.EventAsync("after", "refused"))["data"].Text("reason"), StringComparison.Ordinal);
        await Eventually.Async(
            async () => (await (await app.QueueAsync("orchestrator-commands")).GetPropertiesAsync()).Value.ApproximateMessagesCount == 0,
            TimeSpan.FromSeconds(60),
            "every command to be taken");
        Assert.Equal("Offboarded", (await app.GetAsync("/api/tenants/once")).Text("phase"));
        var client = app.Services.GetRequiredService<DurableTaskClient>();
        Assert.Equal(OrchestrationRuntimeStatus.Completed, (await client.GetInstanceAsync(CommandNames.Instance("/tests", "once")))!.RuntimeStatus);
    }

    [Theory]
    [InlineData("no json at all", "")]
    [InlineData("""{"specversion":"1.0","id":"p1","source":"/tests","type":"orchestrator.tenant.paint","subject":"tenants/foo"}""", "/type")]
    [InlineData("""{"specversion":"1.0","id":"p2","source":"/tests","type":"orchestrator.mesh.ensure","subject":"meshes/nowhere"}""", "/subject")]
    [InlineData(
        """{"specversion":"1.0","id":"p3","source":"/tests","type":"orchestrator.tenant.onboard","subject":"tenants/foo","data":{"colour":"red"}}""",
        "/data/colour")]
    public async Task What_can_never_succeed_is_poison_with_its_reason(string text, string pointer)
    {
        await app.SendAsync(text);
        var poison = await app.PoisonAsync(text);
        Assert.Contains(pointer, poison["data"]!["problems"]!.AsArray().Select(problem => problem.Text("pointer")));
    }

    [Fact]
    public async Task A_command_that_does_not_apply_now_is_refused_with_the_reason_and_is_no_poison()
    {
        await app.SendAsync(
            "early", "orchestrator.canary.start", "tenants/nobody", Yaml.Read("{service: hello, candidate: {version: v0-0-2}}"));
        var refused = await app.EventAsync("early", "refused");
        Assert.Contains("no tenant 'nobody'", refused["data"].Text("reason"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_that_is_taken_back_is_told_with_its_reason()
    {
        await app.Cluster.Resources.CreateAsync(ResourceType.Namespace, Yaml.Read("metadata: {name: foreign}"), default);
        await app.SendAsync("taken", Onboard, "tenants/foreign", RunningApp.InnerTenant("foreign"));
        var ended = await app.EventAsync("taken", "ended");
        Assert.Equal("RolledBack", ended["data"].Text("phase"));
        Assert.Contains("owned by somebody else", ended["data"].Text("reason"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_canary_is_started_approved_and_told_promoted_by_messages()
    {
        await app.SendAsync("home", Onboard, "tenants/released", RunningApp.InnerTenant("released"));
        await app.EventAsync("home", "ended");
        await app.Cluster.Resources.CreateAsync(ResourceType.Deployment, Yaml.Read("""
            metadata: {name: hello-v0-0-1, namespace: released, labels: {app: hello, version: v0-0-1}}
            spec:
              replicas: 1
              selector: {matchLabels: {app: hello, version: v0-0-1}}
              template:
                metadata: {labels: {app: hello, version: v0-0-1}}
                spec: {containers: [{name: hello, image: "hello:0.0.1", ports: [{containerPort: 8080}]}]}
            """), default);

        await app.SendAsync("canary", "orchestrator.canary.start", "tenants/released/canaries/hello", Yaml.Read("""
            service: hello
            candidate: {version: v0-0-2, image: "hello:0.0.2"}
            steps: [{approve: {timeout: 10m}}, {setWeight: 100}]
            analysis: {onNoTraffic: pass}
            keepStable: 10m
            """));
        await app.EventAsync("canary", "accepted");
        await app.PhaseAsync("/api/tenants/released/canaries/hello", "AwaitingApproval");

        await app.SendAsync("yes", "orchestrator.canary.approve", "tenants/released/canaries/hello", Yaml.Read("{by: ann, revision: v0-0-2}"));
        await app.SendAsync("yes", "orchestrator.canary.approve", "tenants/released/canaries/hello", Yaml.Read("{by: ann, revision: v0-0-2}"));

        await app.EventAsync("yes", "accepted");
        Assert.Equal("Promoted", (await app.EventAsync("canary", "ended"))["data"].Text("phase"));
        Assert.Single((await app.GetAsync("/api/tenants/released/canaries/hello"))["decisions"]!.AsArray());
    }
}
