using System.Text.Json.Nodes;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Orchestrator.Cluster;
using Orchestrator.Cluster.Istio.Readiness;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Domain;

namespace Orchestrator.Activities.Tenants;

/// <summary>Marks to set, and the revision that the pods have then.</summary>
/// <param name="Cluster">The cluster.</param>
/// <param name="Tenant">The tenant.</param>
/// <param name="Revision">The revision that the tenant follows.</param>
/// <param name="Marks">The Deployments, and what their mark shall be.</param>
/// <param name="Limit">How long the call may take.</param>
public sealed record WorkloadRestart(string Cluster, string Tenant, string Revision, IReadOnlyList<RestartMark> Marks, TimeSpan Limit);

/// <summary>
/// Sets the marks of Deployments, so that their pods are made anew and get the proxies that the namespace asks for now, and waits, within a limit, until
/// none with another proxy is left. A mark that is there already changes nothing.
/// </summary>
public sealed class RestartWorkloads(IClusterDirectory clusters)
{
    [Function(nameof(RestartWorkloads))]
    public Task<StepReport> RunAsync([ActivityTrigger] WorkloadRestart restart, FunctionContext context) =>
        clusters.AskAsync(restart.Cluster, resources => RestartAsync(resources, restart, context.CancellationToken));

    private static async Task<StepReport> RestartAsync(IResources resources, WorkloadRestart restart, CancellationToken cancellationToken)
    {
        foreach (var (name, value) in restart.Marks)
        {
            if (await resources.GetAsync(ResourceType.Deployment, restart.Tenant, name, cancellationToken) is { } deployment
                && deployment.Text("spec", "template", "metadata", "annotations", Ownership.RestartAnnotation) != value)
            {
                await resources.PatchAsync(ResourceType.Deployment, restart.Tenant, name, Patch(deployment, value), cancellationToken);
            }
        }

        foreach (var (name, _) in restart.Marks)
        {
            var title = KubernetesObject.Title(ResourceType.Deployment.Kind, restart.Tenant, name);
            var deployment = await resources.WaitForAsync(
                ResourceType.Deployment, restart.Tenant, name, now => now is null || Rollout.Missing(title, now, 0) is null, restart.Limit, cancellationToken);
            if (deployment is not null && Rollout.Missing(title, deployment, 0) is { } missing)
            {
                return StepReport.Waiting($"{missing}, restarted for proxies of revision {restart.Revision}");
            }
        }

        var stale = (await Proxies.ListAsync(resources, restart.Tenant, cancellationToken)).Where(pod => Proxies.RevisionOf(pod) != restart.Revision);
        return string.Join(", ", stale.Select(pod => $"{pod.Title} of revision {Proxies.RevisionOf(pod)}")) is { Length: > 0 } left
            ? StepReport.Waiting($"pods with proxies of another revision to be gone ({left}); restart what is no Deployment by hand")
            : restart.Marks.Count == 0
            ? StepReport.Done(nameof(Change.Unchanged), $"every proxy is of revision {restart.Revision}")
            : StepReport.Done(nameof(Change.Updated), $"restarted: {string.Join(", ", restart.Marks.Select(mark => mark.Deployment))}");
    }

    /// <summary>The mark, or nothing left of it: annotations that held it alone go with it.</summary>
    private static JsonObject Patch(JsonObject deployment, string? value)
    {
        var isAlone = deployment.At("spec", "template", "metadata", "annotations") is JsonObject { Count: 1 };
        JsonNode? annotations = value is null && isAlone ? null : new JsonObject { [Ownership.RestartAnnotation] = value };
        return new()
        {
            ["spec"] = new JsonObject { ["template"] = new JsonObject { ["metadata"] = new JsonObject { ["annotations"] = annotations } } },
        };
    }
}

public static class RestartWorkloadsCall
{
    extension(TaskOrchestrationContext context)
    {
        /// <inheritdoc cref="RestartWorkloads"/>
        public Task<StepReport> RestartWorkloadsAsync(TenantRun run, string revision, IReadOnlyList<RestartMark> marks, TimeSpan limit) => context.CallActivityAsync<StepReport>(
            nameof(RestartWorkloads), new WorkloadRestart(run.Spec.Cluster, run.Spec.Tenant, revision, marks, limit), ClusterCalls.Retried);
    }
}
