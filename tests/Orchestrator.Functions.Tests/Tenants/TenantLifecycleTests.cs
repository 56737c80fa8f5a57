using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.TestKit;

namespace Orchestrator.Functions.Tests.Tenants;

/// <summary>Tenants that are cordoned, protected, or made of what was there before.</summary>
public sealed class TenantLifecycleTests(RunningAppWithMesh app) : IClassFixture<RunningAppWithMesh>
{
    private static string Path(string tenant) => $"/api/tenants/{tenant}";

    private static JsonObject With(JsonObject spec, string member, bool value)
    {
        spec[member] = value;
        return spec;
    }

    private async Task<JsonObject> PutAsync(string tenant, JsonObject spec)
    {
        Assert.Equal(HttpStatusCode.Accepted, (await app.PutAsync(Path(tenant), spec)).StatusCode);
        return await app.PhaseAsync(Path(tenant), "Ready", "RolledBack", "Failed");
    }

    private async Task<JsonObject> OffboardAsync(string tenant)
    {
        (await app.Http.DeleteAsync(Path(tenant))).EnsureSuccessStatusCode();
        return await app.PhaseAsync(Path(tenant), "Offboarded", "Failed");
    }

    private async Task<string?> LabelAsync(string tenant, string label) =>
        (await app.Cluster.Resources.GetAsync(ResourceType.Namespace, null, tenant, default))!.Label(label);

    [Fact]
    public async Task In_a_cordoned_tenant_no_canary_starts_until_it_is_uncordoned()
    {
        const string tenant = "cordoned";
        await PutAsync(tenant, RunningApp.InnerTenant(tenant));
        var canary = Yaml.Read("{service: hello, candidate: {version: v0-0-2}}");

        var cordoned = await PutAsync(tenant, With(RunningApp.InnerTenant(tenant), "cordoned", true));
        var label = await LabelAsync(tenant, Ownership.CordonedLabel);
        var refused = await (await app.Http.PostAsJsonAsync($"{Path(tenant)}/canaries", canary)).ProblemAsync(HttpStatusCode.Conflict);
        await PutAsync(tenant, RunningApp.InnerTenant(tenant));
        var accepted = await app.Http.PostAsJsonAsync($"{Path(tenant)}/canaries", canary);

        Assert.Equal(("Ready", "true"), (cordoned.Text("phase"), label));
        Assert.Equal("Tenant 'cordoned' is cordoned, and nothing new starts in it: put it with cordoned: false, then start the canary.", refused);
        Assert.Null(await LabelAsync(tenant, Ownership.CordonedLabel));
        Assert.Equal(HttpStatusCode.Accepted, accepted.StatusCode);
    }

    [Fact]
    public async Task A_protected_tenant_is_not_offboarded_until_it_is_put_without_its_protection()
    {
        const string tenant = "protected";
        await PutAsync(tenant, With(RunningApp.InnerTenant(tenant), "preventDeletion", true));

        var label = await LabelAsync(tenant, Ownership.PreventDeletionLabel);
        var refused = await (await app.Http.DeleteAsync(Path(tenant))).ProblemAsync(HttpStatusCode.Conflict);
        await PutAsync(tenant, RunningApp.InnerTenant(tenant));
        var view = await OffboardAsync(tenant);

        Assert.Equal("true", label);
        Assert.Equal("Tenant 'protected' is protected against deletion by its spec: put it with preventDeletion: false, then delete it.", refused);
        Assert.Equal("Offboarded", view.Text("phase"));
    }

    [Fact]
    public async Task What_is_handed_over_is_taken_into_the_tenant_and_given_back_as_it_was()
    {
        const string tenant = "adopted";
        await HandOverAsync(tenant, forced: false);
        var before = await StateAsync(tenant);

        var ready = await PutAsync(tenant, RunningApp.InnerTenant(tenant));
        var routes = await app.Cluster.Resources.GetAsync(ResourceType.DestinationRule, tenant, "hello", default);
        var view = await OffboardAsync(tenant);

        Assert.Equal("Ready", ready.Text("phase"));
        Assert.Equal("orchestrator", routes!.Label(Ownership.ManagedByLabel));
        Assert.Equal("Offboarded", view.Text("phase"));
        Assert.Contains("DestinationRule adopted/hello stays, without the orchestrator's fields", Message(view, "routes"), StringComparison.Ordinal);
        Assert.Contains("Namespace adopted stays, without the orchestrator's fields", Message(view, "namespace"), StringComparison.Ordinal);
        Assert.Equal(before, await StateAsync(tenant));
    }

    [Fact]
    public async Task A_field_that_another_owns_ends_the_run_with_its_name_and_everything_is_as_before()
    {
        const string tenant = "contested";
        await HandOverAsync(tenant, forced: true);
        var before = await StateAsync(tenant);

        var view = await PutAsync(tenant, RunningApp.InnerTenant(tenant));

        Assert.Equal("RolledBack", view.Text("phase"));
        Assert.Contains("helm owns .spec.host", view.Text("reason"), StringComparison.Ordinal);
        Assert.Equal(before, await StateAsync(tenant));
    }

    [Fact]
    public async Task Fields_are_taken_by_force_where_the_spec_says_so_and_an_undo_gives_them_back_to_their_owner()
    {
        const string tenant = "forced";
        await HandOverAsync(tenant, forced: true);
        var before = await StateAsync(tenant);
        var spec = With(RunningApp.InnerTenant(tenant), "forceConflicts", true);
        spec["readiness"] = new JsonObject { ["timeout"] = "8s" };
        app.Cluster.Server.Faults.Api[("patch", "virtualservices")] = new(500);

        var undone = await PutAsync(tenant, spec);
        app.Cluster.Server.Faults.Api.TryRemove(("patch", "virtualservices"), out _);
        var after = await StateAsync(tenant);
        var owner = AppliedConfiguration.Of((await app.Cluster.Resources.GetAsync(ResourceType.DestinationRule, tenant, "hello", default))!, "helm");
        spec["readiness"] = new JsonObject { ["timeout"] = "60s" };
        var ready = await PutAsync(tenant, spec);

        Assert.True(undone.Text("phase") is "RolledBack", undone["steps"]!.ToJsonString());
        Assert.Equal(before, after);
        Assert.Equal("hello", owner.Text("spec", "host"));
        Assert.Equal("Ready", ready.Text("phase"));
        Assert.Equal(
            "hello.forced.svc.cluster.local",
            (await app.Cluster.Resources.GetAsync(ResourceType.DestinationRule, tenant, "hello", default)).Text("spec", "host"));

        var gone = await OffboardAsync(tenant);

        Assert.Equal("Offboarded", gone.Text("phase"));
        Assert.Contains("stays as it is, without the orchestrator's marks", Message(gone, "routes"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_not_handed_over_is_refused_with_the_command_that_does()
    {
        const string tenant = "foreign";
        await NamespaceAsync(tenant);
        await app.Cluster.Resources.ApplyAsAsync("helm", ResourceType.DestinationRule, Rule(tenant, "hello", handedOver: false), default);

        var view = await PutAsync(tenant, RunningApp.InnerTenant(tenant));

        Assert.Equal("RolledBack", view.Text("phase"));
        Assert.Contains(
            "hand it over (kubectl label destinationrules.networking.istio.io hello -n foreign orchestrator/tenant=foreign)",
            view.Text("reason"),
            StringComparison.Ordinal);
    }

    private Task<JsonObject> NamespaceAsync(string tenant) => app.Cluster.Resources.CreateAsync(
        ResourceType.Namespace, Yaml.Read($"{{metadata: {{name: {tenant}, labels: {{team: x, orchestrator/tenant: {tenant}}}}}}}"), default);

    private async Task HandOverAsync(string tenant, bool forced)
    {
        await NamespaceAsync(tenant);
        var host = forced ? "hello" : $"hello.{tenant}.svc.cluster.local";
        await app.Cluster.Resources.ApplyAsAsync("helm", ResourceType.DestinationRule, Rule(tenant, host, handedOver: true), default);
    }

    private static JsonObject Rule(string tenant, string host, bool handedOver) => Yaml.Read($$"""
        metadata: {name: hello, namespace: {{tenant}}, labels: { {{(handedOver ? $"orchestrator/tenant: {tenant}, " : "")}} chart: hello-1 } }
        spec: {host: {{host}}, trafficPolicy: {loadBalancer: {simple: ROUND_ROBIN} } }
        """);

    private async Task<string> StateAsync(string tenant) => string.Join('\n', [
        await app.Cluster.TextAsync(ResourceType.Namespace, null, tenant),
        await app.Cluster.TextAsync(ResourceType.DestinationRule, tenant, "hello"),
    ]);

    private static string? Message(JsonObject view, string step) => view["steps"]!.AsArray().Single(item => item.Text("name") == step).Text("message");
}
