using System.Text.Json.Nodes;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.TestKit;

namespace Orchestrator.Functions.Tests.Meshes;

/// <summary>A control plane that somebody else installs, under its own revision and in its own namespace, as the Istio add-on of AKS is.</summary>
public sealed class ExistingMeshTests(RunningApp app) : IClassFixture<RunningApp>
{
    [Fact]
    public async Task A_revision_is_proven_and_followed_wherever_it_stands()
    {
        await app.Cluster.InstallSailAsync();
        await app.Cluster.Resources.CreateAsync(ResourceType.Namespace, Yaml.Read("metadata: {name: aks-istio-system}"), default);
        await app.Cluster.Resources.CreateAsync(
            ResourceType.Istio, Yaml.Read("{metadata: {name: asm-1-30}, spec: {version: v1.30.3, namespace: aks-istio-system}}"), default);

        await app.PutAsync("/api/meshes/default", Yaml.Read("{provider: existing, revision: asm-1-30, namespace: aks-istio-system, minReplicas: 1}"));
        var mesh = await app.PhaseAsync("/api/meshes/default", "Ready", "Degraded", "Failed");
        await app.PutAsync("/api/meshes/west", Yaml.Read("{provider: existing, revision: asm-1-31, namespace: aks-istio-system, minReplicas: 1, timeout: 5s}"));
        var missing = await app.PhaseAsync("/api/meshes/west", "Ready", "Degraded", "Failed");
        var spec = RunningApp.InnerTenant("foo");
        spec["mesh"] = new JsonObject { ["revision"] = "asm-1-30" };
        await app.PutAsync("/api/tenants/foo", spec);
        var tenant = await app.PhaseAsync("/api/tenants/foo", "Ready", "RolledBack", "Failed");

        // Its variables cannot be set there, so that Gateways are kept apart by labels and hosts alone: a warning, and no error.
        Assert.Equal(("Ready", "existing", "1.30.3"), (mesh.Text("phase"), mesh.Text("provider"), mesh.Text("version")));
        Assert.Equal("Warning", Assert.Single(mesh["findings"]!.AsArray(), finding => finding.Text("code") == "gateways-not-scoped").Text("severity"));
        Assert.Contains("a pod in aks-istio-system gets its proxy", mesh["steps"]!.AsArray().Last().Text("message"), StringComparison.Ordinal);
        Assert.Contains("Deployment aks-istio-system/istiod-asm-1-31 to be created", missing.Text("reason"), StringComparison.Ordinal);
        Assert.True(tenant.Text("phase") == "Ready", tenant.Text("reason"));
        var ns = await app.Cluster.Resources.GetAsync(ResourceType.Namespace, null, "foo", default);
        Assert.Equal(("asm-1-30", null), (ns!.Label("istio.io/rev"), ns!.Label("istio-injection")));
        var gateway = await app.Cluster.Resources.GetAsync(ResourceType.Gateway, "foo", "foo-gateway", default);
        Assert.Equal(("foo-ingress", "./*"), (gateway.Text("spec", "selector", "istio"), (string?)gateway.Items("spec", "servers").Single()!["hosts"]![0]));
    }
}
