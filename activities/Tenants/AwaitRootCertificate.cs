using System.Text.Json.Nodes;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Orchestrator.Cluster;
using Orchestrator.Cluster.Istio.Readiness;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Domain;

namespace Orchestrator.Activities.Tenants;

/// <summary>
/// Waits, within a limit, for what a proxy of the tenant needs to start: the root certificate that its istiod writes into every namespace that it sees,
/// and, where pods have proxies, the injector, which is tried with a pod.
/// </summary>
public sealed class AwaitRootCertificate(IClusterDirectory clusters)
{
    [Function(nameof(AwaitRootCertificate))]
    public Task<StepReport> RunAsync([ActivityTrigger] TenantLook look, FunctionContext context) =>
        clusters.AskAsync(look.Run.Spec.Cluster, resources => LookAsync(resources, look, context.CancellationToken));

    private const string Name = "istio-ca-root-cert";

    private static async Task<StepReport> LookAsync(IResources resources, TenantLook look, CancellationToken cancellationToken)
    {
        var spec = look.Run.Spec;
        var mesh = await ControlPlane.FindAsync(resources, spec.Cluster, spec.Revision, cancellationToken);
        var own = Certificate(await resources.GetAsync(ResourceType.ConfigMap, mesh.Namespace, Name, cancellationToken));
        var found = await resources.WaitForAsync(ResourceType.ConfigMap, spec.Tenant, Name, IsTrusted, look.Limit, cancellationToken);
        if (!IsTrusted(found))
        {
            return StepReport.Waiting(Certificate(found) is null
                ? $"ConfigMap {spec.Tenant}/{Name} with root-cert.pem, which istiod writes (is it up, and does it select this namespace?)"
                : $"ConfigMap {spec.Tenant}/{Name} to hold the root certificate of {mesh.Namespace}: another control plane looks at the namespace, and has written its own");
        }

        if (spec.IsAmbient)
        {
            return StepReport.Done("Ready", found!.Title);
        }

        var probe = await InjectionProbe.AskAsync(resources, spec.Tenant, null, cancellationToken);
        return probe.Outcome is StepOutcome.Done ? StepReport.Done("Ready", $"{found!.Title}; {probe.Message}") : probe;

        bool IsTrusted(JsonObject? map) => Certificate(map) is { } certificate && (own is null || certificate == own);
    }

    private static string? Certificate(JsonObject? map) => map.Text("data", "root-cert.pem") is { Length: > 0 } certificate ? certificate : null;
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
