using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Orchestrator.Cluster;
using Orchestrator.Cluster.Istio.Readiness;
using Orchestrator.Cluster.Kubernetes;

namespace Orchestrator.Activities.Tenants;

/// <summary>A Deployment and the annotation by which its pods are made anew; null for none.</summary>
public sealed record RestartMark(string Deployment, string? Value);

/// <summary>Finds the Deployments of a tenant whose pods have proxies of another revision than the tenant follows, and their marks.</summary>
public sealed class FindWorkloads(IClusterDirectory clusters)
{
    [Function(nameof(FindWorkloads))]
    public async Task<IReadOnlyList<RestartMark>> RunAsync([ActivityTrigger] TenantRun run, FunctionContext context)
    {
        var (resources, ns) = (clusters.Get(run.Spec.Cluster).Resources, run.Spec.Tenant);
        var stale = (await Proxies.ListAsync(resources, ns, context.CancellationToken)).Where(pod => Proxies.RevisionOf(pod) != run.Spec.Revision).ToList();
        if (stale.Count == 0)
        {
            return [];
        }

        var sets = await resources.ListAsync(ResourceType.ReplicaSet, ns, null, context.CancellationToken);
        List<RestartMark> marks = [];
        foreach (var name in stale.Select(pod => Proxies.DeploymentOf(pod, sets)).OfType<string>().Distinct().Order(StringComparer.Ordinal))
        {
            var deployment = await resources.GetAsync(ResourceType.Deployment, ns, name, context.CancellationToken);
            marks.Add(new(name, deployment.Text("spec", "template", "metadata", "annotations", Ownership.RestartAnnotation)));
        }

        return marks;
    }
}

public static class FindWorkloadsCall
{
    extension(TaskOrchestrationContext context)
    {
        /// <inheritdoc cref="FindWorkloads"/>
        public Task<IReadOnlyList<RestartMark>> FindWorkloadsAsync(TenantRun run) =>
            context.CallActivityAsync<IReadOnlyList<RestartMark>>(nameof(FindWorkloads), run, ClusterCalls.Retried);
    }
}
