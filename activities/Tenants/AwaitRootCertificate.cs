using System.Text.Json.Nodes;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Orchestrator.Cluster;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Domain;

namespace Orchestrator.Activities.Tenants;

/// <summary>Waits, within a limit, for the root certificate that istiod writes into every namespace; without it no proxy starts.</summary>
public sealed class AwaitRootCertificate(IClusterDirectory clusters)
{
    [Function(nameof(AwaitRootCertificate))]
    public Task<StepReport> RunAsync([ActivityTrigger] TenantLook look, FunctionContext context) =>
        clusters.AskAsync(look.Run.Spec.Cluster, resources => LookAsync(resources, look, context.CancellationToken));

    private const string Name = "istio-ca-root-cert";

    private static async Task<StepReport> LookAsync(IResources resources, TenantLook look, CancellationToken cancellationToken)
    {
        var tenant = look.Run.Spec.Tenant;
        var found = await resources.WaitForAsync(ResourceType.ConfigMap, tenant, Name, HasCertificate, look.Limit, cancellationToken);
        return HasCertificate(found)
            ? StepReport.Done("Ready", found!.Title)
            : StepReport.Waiting($"ConfigMap {tenant}/{Name} with root-cert.pem, which istiod writes (is it up, and does it select this namespace?)");
    }

    private static bool HasCertificate(JsonObject? configMap) => configMap.Text("data", "root-cert.pem") is { Length: > 0 };
}

public static class AwaitRootCertificateCall
{
    extension(TaskOrchestrationContext context)
    {
        /// <inheritdoc cref="AwaitRootCertificate"/>
        public Task<StepReport> AwaitRootCertificateAsync(TenantRun run, TimeSpan limit) =>
            context.CallActivityAsync<StepReport>(nameof(AwaitRootCertificate), new TenantLook(run, limit), ClusterCalls.Retried);
    }
}
