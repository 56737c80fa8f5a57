using Orchestrator.Cluster.Istio.Readiness;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.TestKit;
using Orchestrator.Tests;

namespace Orchestrator.Cluster.Tests.Tenants;

/// <summary>What is said of a mesh that cannot have ambient tenants.</summary>
public sealed class AmbientMeshTests(SimulatedCluster cluster) : IClassFixture<SimulatedCluster>
{
    [Fact]
    public async Task A_mesh_without_ambient_is_told_what_it_lacks_and_how_it_gets_it()
    {
        var resources = cluster.Resources;
        Task<string?> LackingAsync(string revision) => AmbientMesh.LackingAsync(resources, revision, default);

        // 1. An istiod that serves no ambient has no class of waypoints.
        await resources.CreateAsync(ResourceType.Namespace, Yaml.Read("metadata: {name: istio-system}"), default);
        var classless = await LackingAsync("default");
        Assert.Contains("it has no GatewayClass istio-waypoint", classless, StringComparison.Ordinal);
        Assert.Contains("PILOT_ENABLE_AMBIENT=true", classless, StringComparison.Ordinal);
        Assert.Contains("istioctl install --set profile=ambient", classless, StringComparison.Ordinal);

        // 2. One that does, and no ztunnel.
        await cluster.InstallSailAsync();
        await cluster.ServeAmbientAsync();
        Assert.Null(await LackingAsync("default"));
        await resources.DeleteAsync(ResourceType.Pod, "istio-system", "ztunnel", null, default);
        Assert.Contains("no ztunnel is ready (a pod with the label app=ztunnel)", await LackingAsync("default"), StringComparison.Ordinal);

        // 3. The add-on of AKS, whatever else there is.
        await resources.CreateAsync(ResourceType.Namespace, Yaml.Read("metadata: {name: aks-istio-system}"), default);
        await resources.CreateAsync(
            ResourceType.Deployment,
            Yaml.Read("""
                metadata: {name: istiod-asm-1-30, namespace: aks-istio-system, labels: {app: istiod, istio.io/rev: asm-1-30}}
                spec: {selector: {matchLabels: {app: istiod}}, template: {metadata: {labels: {app: istiod}}, spec: {containers: [{name: discovery, image: "pilot:1.30"}]}}}
                """),
            default);
        Assert.Contains("istiod-asm-1-30 is the Istio add-on of AKS, which has no ambient. Leave mesh.dataPlane out", await LackingAsync("asm-1-30"), StringComparison.Ordinal);
    }
}
