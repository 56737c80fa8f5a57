using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Domain.Commands;
using Orchestrator.Domain.Sweeps;
using Orchestrator.Functions.Sweeps;
using Orchestrator.TestKit;

namespace Orchestrator.Functions.Tests.Sweeps;

/// <summary>What a sweep finds on a simulated cluster.</summary>
public sealed class SweepTests(RunningAppWithMesh app) : IClassFixture<RunningAppWithMesh>
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private DurableTaskClient Client => app.Services.GetRequiredService<DurableTaskClient>();

    private async Task OnboardAsync(string tenant)
    {
        (await app.PutAsync($"/api/tenants/{tenant}", RunningApp.InnerTenant(tenant))).EnsureSuccessStatusCode();
        await app.PhaseAsync($"/api/tenants/{tenant}", "Ready");
    }

    private async Task<SweepReport> SweepAsync(DateTime at)
    {
        using var deadline = new CancellationTokenSource(Deadline);
        var id = await Client.ScheduleNewOrchestrationInstanceAsync(nameof(SweepOrchestrator), new SweepStart(at, SweepStart.DefaultRetention), deadline.Token);
        var end = await Client.WaitForInstanceCompletionAsync(id, getInputsAndOutputs: true, deadline.Token);
        Assert.Equal(OrchestrationRuntimeStatus.Completed, end.RuntimeStatus);
        return end.ReadOutputAs<SweepReport>()!;
    }

    [Fact]
    public async Task A_tenant_as_it_shall_be_has_no_drift_and_one_that_was_edited_shows_field_by_field()
    {
        await OnboardAsync("straight");
        await OnboardAsync("bent");
        Assert.Equal("""{"tenant":"bent","cluster":"default","drifted":false,"fields":[]}""", await app.Http.GetStringAsync("/api/tenants/bent/drift"));

        await app.Cluster.Resources.PatchAsync(
            ResourceType.HorizontalPodAutoscaler, "bent", "gw", Yaml.Read("{spec: {maxReplicas: 9}}"), default);
        await app.Cluster.Resources.DeleteAsync(ResourceType.DestinationRule, "bent", "hello", null, default);
        await app.Cluster.Resources.PatchAsync(
            ResourceType.PeerAuthentication, "bent", "default", Yaml.Read("{spec: {mtls: {mode: PERMISSIVE}}}"), default);
        await app.Cluster.Resources.DeleteAsync(ResourceType.NetworkPolicy, "bent", "default-deny-ingress", null, default);

        var drift = await app.GetAsync("/api/tenants/bent/drift");
        Assert.Equal(
            [
                "PeerAuthentication bent/default spec.mtls.mode \"STRICT\" \"PERMISSIVE\"",
                "NetworkPolicy bent/default-deny-ingress  {\"exists\":true} {\"exists\":false}",
                "HorizontalPodAutoscaler bent/gw spec.maxReplicas 5 9", "DestinationRule bent/hello  {\"exists\":true} {\"exists\":false}",
            ],
            drift["fields"]!.AsArray().Select(field =>
                $"{field.Text("object")} {field.Text("field")} {field!["expected"]?.ToJsonString()} {field["actual"]?.ToJsonString()}"));

        var report = await SweepAsync(DateTime.UtcNow);
        Assert.Equal(["bent"], report.Drifted.Select(view => view.Tenant));
        Assert.True(report.Tenants >= 2);
        Assert.Empty(report.Unseen);
        Assert.DoesNotContain(report.Stuck, stuck => stuck.InstanceId.StartsWith("tenant.", StringComparison.Ordinal));

        // What others have done is put back, even where they own the field by now.
        Assert.Equal(HttpStatusCode.Accepted, (await app.Http.PostAsync("/api/tenants/bent/repair", null)).StatusCode);
        var repaired = await app.PhaseAsync("/api/tenants/bent", "Ready", "Failed");
        Assert.Equal("Ready", repaired.Text("phase"));
        Assert.Equal(["injection-label Done", "policies Done", "gateway Done", "gateway-ready Done", "routes Done", "routes-ready Done"], repaired.Steps());
        Assert.False((await app.GetAsync("/api/tenants/bent/drift"))["drifted"]!.GetValue<bool>());
        Assert.Equal(HttpStatusCode.OK, (await app.PutAsync("/api/tenants/bent", RunningApp.InnerTenant("bent"))).StatusCode);
    }

    [Fact]
    public async Task A_repair_leaves_where_requests_go_to_the_canaries()
    {
        await OnboardAsync("kept");
        var resources = app.Cluster.Resources;
        await resources.PatchAsync(ResourceType.DestinationRule, "kept", "hello", Yaml.Read("""
            {spec: {host: elsewhere, subsets: [{name: v0-0-2, labels: {version: v0-0-2}}]}}
            """), default);
        await resources.DeleteAsync(ResourceType.VirtualService, "kept", "hello", null, default);

        Assert.Equal(HttpStatusCode.Accepted, (await app.Http.PostAsync("/api/tenants/kept/repair", null)).StatusCode);
        await app.PhaseAsync("/api/tenants/kept", "Ready");

        var rule = (await resources.GetAsync(ResourceType.DestinationRule, "kept", "hello", default))!;
        Assert.Equal(("hello.kept.svc.cluster.local", "v0-0-2"), (rule.Text("spec", "host"), rule["spec"]!["subsets"]![0].Text("name")));
        var routes = (await resources.GetAsync(ResourceType.VirtualService, "kept", "hello", default))!;
        Assert.Equal("v0-0-2", routes["spec"]!["http"]![0]!["route"]![0]!["destination"].Text("subset"));
    }

    [Fact]
    public async Task A_tenant_that_is_not_there_cannot_be_repaired() =>
        Assert.Equal(HttpStatusCode.NotFound, (await app.Http.PostAsync("/api/tenants/nobody/repair", null)).StatusCode);

    [Fact]
    public async Task What_a_canary_moved_is_no_drift()
    {
        await OnboardAsync("moved");
        await app.Cluster.Resources.PatchAsync(ResourceType.DestinationRule, "moved", "hello", Yaml.Read("""
            {spec: {subsets: [{name: v0-0-1, labels: {version: v0-0-1}}, {name: v0-0-2, labels: {version: v0-0-2}}]}}
            """), default);
        Assert.False((await app.GetAsync("/api/tenants/moved/drift"))["drifted"]!.GetValue<bool>());
    }

    [Fact]
    public async Task A_tenant_that_is_not_there_has_no_drift_to_tell() =>
        Assert.Equal(HttpStatusCode.NotFound, (await app.Http.GetAsync("/api/tenants/nobody/drift")).StatusCode);

    [Fact]
    public async Task Old_commands_go_and_the_tenants_record_stays()
    {
        await OnboardAsync("lasting");
        var old = CommandNames.Instance("/tests", "old");
        await Client.ScheduleNewOrchestrationInstanceAsync("NoSuchOrchestrator", new StartOrchestrationOptions(old));
        using var deadline = new CancellationTokenSource(Deadline);
        await Client.WaitForInstanceCompletionAsync(old, deadline.Token);

        Assert.Equal(0, (await SweepAsync(DateTime.UtcNow)).Purged);
        Assert.NotNull(await Client.GetInstanceAsync(old));
        Assert.True((await SweepAsync(DateTime.UtcNow.AddDays(60))).Purged >= 1);
        Assert.Null(await Client.GetInstanceAsync(old));
        Assert.Equal("Ready", (await app.GetAsync("/api/tenants/lasting")).Text("phase"));
    }

    [Fact]
    public async Task An_instance_that_never_begins_is_found()
    {
        // Nothing but its start time keeps it from beginning.
        await Client.ScheduleNewOrchestrationInstanceAsync(
            nameof(SweepOrchestrator), null, new StartOrchestrationOptions("command.later", DateTimeOffset.UtcNow.AddHours(2)));
        var report = await SweepAsync(DateTime.UtcNow.AddHours(1));
        Assert.Contains("has not begun", report.Stuck.Single(stuck => stuck.InstanceId == "command.later").Reason, StringComparison.Ordinal);
        await Client.TerminateInstanceAsync("command.later");
    }
}
