using System.Text.Json.Nodes;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Orchestrator.Cluster;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Domain.Tenants;

namespace Orchestrator.Activities.Tenants;

/// <summary>Reads where a tenant's ingress gateway can be reached: addresses by the type of its Service, ports with the nodePorts they got.</summary>
public sealed class DescribeGateway(IClusterDirectory clusters)
{
    private const int MaxAddresses = 10;

    [Function(nameof(DescribeGateway))]
    public async Task<GatewayView> RunAsync([ActivityTrigger] TenantSpec spec, FunctionContext context)
    {
        var resources = clusters.Get(spec.Cluster).Resources;
        var service = await resources.GetAsync(
            ResourceType.Service, spec.Tenant, TenantNames.Front(spec), context.CancellationToken);
        var ports = spec.Gateway.Service.Ports.Select(port => port with { NodePort = port.NodePort ?? NodePort(service, port) });
        IEnumerable<string?> addresses = spec.Gateway.Service.Type switch
        {
            ServiceType.LoadBalancer => service.Items("status", "loadBalancer", "ingress").Select(at => at.Text("ip") ?? at.Text("hostname")),
            ServiceType.ClusterIP => [service.Text("spec", "clusterIP")],
            _ => await NodesAsync(resources, context.CancellationToken),
        };
        return new(spec.Gateway.Mode, [.. addresses.OfType<string>().Take(MaxAddresses)], [.. ports]);
    }

    private static int? NodePort(JsonObject? service, GatewayPort port) => service.Items("spec", "ports")
        .Where(item => item.Number("port") == port.Port && item.Number("nodePort") > 0)
        .Select(item => (int?)item.Number("nodePort"))
        .FirstOrDefault();

    /// <summary>Listing nodes is a right that the orchestrator may not have; without it, the addresses are left to the reader.</summary>
    private static async Task<IEnumerable<string?>> NodesAsync(IResources resources, CancellationToken cancellationToken)
    {
        try
        {
            var nodes = await resources.ListAsync(ResourceType.Node, null, null, cancellationToken);
            return nodes.Select(node => Address(node, "ExternalIP") ?? Address(node, "InternalIP"));
        }
        catch (ResourceException e) when (e.IsPermanent)
        {
            return [];
        }
    }

    private static string? Address(JsonObject node, string type) =>
        node.Items("status", "addresses").FirstOrDefault(address => address.Text("type") == type).Text("address");
}

public static class DescribeGatewayCall
{
    extension(TaskOrchestrationContext context)
    {
        /// <inheritdoc cref="DescribeGateway"/>
        public Task<GatewayView> DescribeGatewayAsync(TenantSpec spec) =>
            context.CallActivityAsync<GatewayView>(nameof(DescribeGateway), spec, ClusterCalls.Retried);
    }
}
