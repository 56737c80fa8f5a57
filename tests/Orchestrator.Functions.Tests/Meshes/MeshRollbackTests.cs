using System.Text.Json.Nodes;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.TestKit;

namespace Orchestrator.Functions.Tests.Meshes;

public sealed class MeshRollbackTests(RunningApp app) : IClassFixture<RunningApp>
{
    [Fact]
    public async Task A_control_plane_that_never_gets_ready_is_taken_away_and_tenants_are_told()
    {
        app.Cluster.Server.Faults.Deployments[("istio-system", "istiod")] = new();

        await app.PutAsync("/api/meshes/default", new JsonObject { ["timeout"] = "5s" });
        var failed = await app.PhaseAsync("/api/meshes/default", "Ready", "Degraded", "Failed");
        await app.PutAsync("/api/tenants/foo", Yaml.Read("{gateway: {service: {ports: [{name: http2, port: 80}]}}}"));
        var tenant = await app.PhaseAsync("/api/tenants/foo", "Ready", "RolledBack", "Failed");

        Assert.Equal("Failed", failed.Text("phase"));
        Assert.Equal(
            ["preflight Done", "namespace Undone", "control-plane Undone", "custom-resources Done", "istiod Failed", "webhooks Pending"],
            failed.Steps());
        Assert.Null(await app.Cluster.TextAsync(ResourceType.Namespace, null, "istio-system"));
        Assert.Contains("Run `orc mesh ensure`", tenant.Text("reason"), StringComparison.Ordinal);
        Assert.Null(await app.Cluster.TextAsync(ResourceType.Namespace, null, "foo"));
    }
}
