using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Domain.Tenants;

namespace Orchestrator.Cluster.Istio.Readiness;

/// <summary>Who has the nodePorts that a tenant wants. The API server would refuse its Service as well, but without saying whose they are.</summary>
public static class NodePorts
{
    /// <summary>The nodePorts that Services other than the tenant's gateway have, in words; null when none.</summary>
    public static async Task<string?> TakenAsync(IResources resources, TenantSpec spec, CancellationToken cancellationToken)
    {
        var wanted = spec.Gateway.Service.Ports.Select(port => port.NodePort).OfType<int>().ToHashSet();
        if (wanted.Count == 0)
        {
            return null;
        }

        var services = await resources.ListAsync(ResourceType.Service, null, null, cancellationToken);
        var taken =
            from service in services
            where !(service.Namespace == spec.Tenant && service.Name == TenantNames.Front(spec))
            from port in service.Items("spec", "ports")
            where wanted.Contains((int)port.Number("nodePort"))
            select $"nodePort {port.Number("nodePort")} is taken by {KubernetesObject.Title("Service", service.Namespace, service.Name)}";
        return string.Join("; ", taken) is { Length: > 0 } reason
            ? $"{reason}. Choose another under gateway.service.ports, or leave nodePort out to be given one."
            : null;
    }
}
