using Orchestrator.Cluster.Istio.Manifests;
using Orchestrator.Cluster.Kubernetes;

namespace Orchestrator.Cluster.Istio.Readiness;

/// <summary>Whether a mesh takes in pods that have no proxies.</summary>
public static class AmbientMesh
{
    /// <summary>The label of ztunnel's pods, one on each node, in whichever namespace they were installed.</summary>
    private const string Ztunnel = "app=ztunnel";

    private const string Install =
        "Install Istio with profile ambient: istioctl install --set profile=ambient, or with Sail profile ambient in its Istio, an IstioCNI and a ZTunnel";

    /// <summary>What of ambient a cluster lacks, and how it gets it; null when it has all.</summary>
    public static async Task<string?> LackingAsync(IResources resources, string revision, CancellationToken cancellationToken)
    {
        var istiods = await Discovery.ControlPlanesAsync(resources, revision, cancellationToken);
        if (istiods.FirstOrDefault(ControlPlane.IsAksAddOn) is { } addOn)
        {
            return $"{addOn.Title} is the Istio add-on of AKS, which has no ambient. Leave mesh.dataPlane out, or follow an Istio that was installed another way";
        }

        if (await GatewayApiStatus.ClassLackingAsync(resources, WaypointGateway.Class, cancellationToken) is { } lacking)
        {
            return $"{lacking}. {Install}";
        }

        var ztunnels = await resources.ListAsync(ResourceType.Pod, null, Ztunnel, cancellationToken);
        return ztunnels.Any(pod => pod.IsReadyPod) ? null : $"no ztunnel is ready (a pod with the label {Ztunnel}). {Install}";
    }
}
