using System.Text.Json.Nodes;

namespace Orchestrator.Simulator.Controllers;

/// <summary>The way from a pod's proxy to its control plane.</summary>
internal static class Proxies
{
    /// <summary>Whether the proxy gets its configuration.</summary>
    public static bool CanConnect(ClusterStore store, JsonObject pod) => Problem(store, pod) is null;

    /// <summary>What the proxy of a pod cannot get over, in the words of its log; null when nothing.</summary>
    public static string? Problem(ClusterStore store, JsonObject pod)
    {
        var (ns, service) = SidecarInjector.ControlPlaneOf(pod);
        var address = $"{service}.{ns}.svc:15012";
        if (IstiodView.Find(store, ns, service) is not { Serves: true } istiod) return $"dial tcp: connect to {address}: connection refused";
        if (!istiod.Sees(store.Find(ResourceTypes.Namespace, null, pod.Namespace!)?.Labels))
            return $"{address} sent no configuration for this namespace";
        return RootCertificates.Verify(store, pod.Namespace!, istiod) ? null
            : $"connection to {address} failed: x509: certificate signed by unknown authority";
    }
}
