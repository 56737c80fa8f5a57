using System.Text.Json.Nodes;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Orchestrator.Cluster;
using Orchestrator.Cluster.Istio;
using Orchestrator.Cluster.Istio.Manifests;
using Orchestrator.Cluster.Istio.Readiness;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Domain;
using Orchestrator.Domain.Tenants;

namespace Orchestrator.Activities.Tenants;

/// <summary>Looks, before anything is written, for what would refuse a tenant later: its mesh, its namespace, its nodePorts.</summary>
public sealed class VerifyTenant(IClusterDirectory clusters)
{
    [Function(nameof(VerifyTenant))]
    public Task<StepReport> RunAsync([ActivityTrigger] TenantRun run, FunctionContext context) =>
        clusters.AskAsync(run.Spec.Cluster, resources => VerifyAsync(resources, run, context.CancellationToken));

    /// <summary>The labels by which a namespace is part of a mesh.</summary>
    private static readonly string[] Labels = ["istio-injection", "istio.io/rev", TenantManifests.DataPlaneLabel];

    private static async Task<StepReport> VerifyAsync(IResources resources, TenantRun run, CancellationToken cancellationToken) =>
        await NamespaceAsync(resources, run, cancellationToken)
        ?? await MeshAsync(resources, run.Spec, cancellationToken)
        ?? await NodePortsAsync(resources, run.Spec, cancellationToken)
        ?? await RoutesAsync(resources, run, cancellationToken)
        ?? StepReport.Done("Ready", $"the mesh is ready, namespace {run.Spec.Tenant} is free or the tenant's, the nodePorts are free or its own");

    private static async Task<StepReport?> NamespaceAsync(IResources resources, TenantRun run, CancellationToken cancellationToken)
    {
        var spec = run.Spec;
        var found = await resources.GetAsync(ResourceType.Namespace, null, spec.Tenant, cancellationToken);
        if (found is null)
        {
            return null;
        }

        if (found.Label(Ownership.TenantLabel) != spec.Tenant)
        {
            return StepReport.Refused(
                $"Namespace {spec.Tenant} exists and is owned by somebody else: it has no label {Ownership.TenantLabel}={spec.Tenant}. "
                + $"Choose another tenant name, or hand it over with: kubectl label namespace {spec.Tenant} {Ownership.TenantLabel}={spec.Tenant}");
        }

        if (found.IsTerminating)
        {
            return StepReport.Waiting($"namespace {spec.Tenant}, which is being deleted, to be gone");
        }

        var contradicted = spec.IsAmbient ? "mesh.dataPlane ambient" : $"mesh revision '{spec.Revision}'";
        return Labels.FirstOrDefault(label => found.Label(label) is { } value && Contradicts(spec, label, value) && !IsOurs(label)) is { } other
            ? StepReport.Refused(
                $"Namespace {spec.Tenant} has the label {other}={found.Label(other)}, which contradicts {contradicted}. "
                + $"Remove it with: kubectl label namespace {spec.Tenant} {other}-")
            : null;

        bool IsOurs(string label) => run.Previous is { } was && TenantManifests.InjectionLabel(was.Revision) == (label, found.Label(label));
    }

    /// <summary>Whether a label of the tenant's namespace would select another control plane, or another data plane.</summary>
    private static bool Contradicts(TenantSpec spec, string label, string value) => label switch
    {
        TenantManifests.DataPlaneLabel => !spec.IsAmbient && value == "ambient",
        "istio-injection" when spec.IsAmbient => value != "disabled",
        _ => spec.IsAmbient || label != TenantManifests.InjectionLabel(spec.Revision).Key,
    };

    private static async Task<StepReport?> MeshAsync(IResources resources, TenantSpec spec, CancellationToken cancellationToken)
    {
        if (spec.Isolation is Isolation.Shared && await SharedAsync(resources, spec, cancellationToken) is { } refused)
        {
            return refused;
        }

        return spec.Gateway.Mode switch
        {
            GatewayMode.IstioOperator
                when await resources.GetAsync(ResourceType.CustomResourceDefinition, null, Operators.IstioOperatorResource, cancellationToken) is null =>
                StepReport.Refused(
                    $"gateway.mode istioOperator needs the Istio operator (up to Istio 1.23), which cluster '{spec.Cluster}' does not have: "
                    + "it knows no IstioOperator resources. Use gateway.mode injection."),
            GatewayMode.GatewayApi when await GatewayApiAsync(resources, spec, cancellationToken) is { } lacking =>
                StepReport.Refused($"gateway.mode gatewayApi needs the Gateway API on cluster '{spec.Cluster}': {lacking}."),
            _ when spec.IsAmbient && await AmbientMesh.LackingAsync(resources, spec.Revision, cancellationToken) is { } lacking =>
                StepReport.Refused($"mesh.dataPlane ambient needs a mesh that takes in pods without proxies, and that of cluster '{spec.Cluster}' does not: {lacking}."),
            _ => null,
        };
    }

    /// <summary>An istiod of the tenant's own makes its class when it comes: until then there need not be one.</summary>
    private static async Task<string?> GatewayApiAsync(IResources resources, TenantSpec spec, CancellationToken cancellationToken) =>
        await GatewayApiStatus.LackingAsync(resources, cancellationToken)
        ?? (spec.Isolation is Isolation.Shared ? await GatewayApiStatus.ClassLackingAsync(resources, GatewayApiStatus.Class, cancellationToken) : null);

    private static async Task<StepReport?> SharedAsync(IResources resources, TenantSpec spec, CancellationToken cancellationToken)
    {
        var controlPlane = new ControlPlane(
            resources, await ControlPlane.FindAsync(resources, spec.Cluster, spec.Revision, cancellationToken));
        foreach (var report in (StepReport[])[
            await controlPlane.CustomResourcesAsync(cancellationToken),
            await controlPlane.IstiodAsync(cancellationToken),
            await controlPlane.WebhooksAsync(cancellationToken)])
        {
            if (report.Outcome is not StepOutcome.Done)
            {
                return StepReport.Refused(
                    $"The mesh of cluster '{spec.Cluster}' is not ready: it waits for {report.Message}. Run `orc mesh ensure`, and try again.");
            }
        }

        return null;
    }

    private static async Task<StepReport?> NodePortsAsync(IResources resources, TenantSpec spec, CancellationToken cancellationToken) =>
        await NodePorts.TakenAsync(resources, spec, cancellationToken) is { } taken ? StepReport.Refused(taken) : null;

    /// <summary>An update never moves traffic between versions unjudged, and never overwrites what a canary wrote.</summary>
    private static async Task<StepReport?> RoutesAsync(IResources resources, TenantRun run, CancellationToken cancellationToken)
    {
        var isReplaced = TenantPlan.ReplacesRoutes(run.Spec, run.Previous);
        var changed = TenantPlan.Changed(run.Spec, run.Previous);
        foreach (var service in run.Spec.Services)
        {
            if (TenantPlan.Before(service, run.Previous) is not { } was || (was == service && !changed.Contains(service))
                || await resources.GetAsync(RouteManifests.RouteType(run.Previous!), run.Spec.Tenant, service.Name, cancellationToken) is not { } routes)
            {
                continue;
            }

            var serving = run.Previous!.Gateway.Mode is GatewayMode.GatewayApi
                ? HttpRouteRules.Versions(routes, service.Name)
                : routes.Items("spec", "http").SelectMany(route => route.Items("route")).Select(to => to.Text("destination", "subset")).Distinct();
            if ((was.Stable != service.Stable || isReplaced) && string.Join(", ", serving) is var versions && versions != service.Stable)
            {
                return StepReport.Refused(
                    $"Service {service.Name} is served by {versions}, and an update moves no traffic: "
                    + $"start a canary with the candidate {service.Stable}, or say stable: {versions}.");
            }

            if (!isReplaced && changed.Contains(service) && IsEdited(routes))
            {
                return StepReport.Refused(
                    $"The routes of service {service.Name} were moved by a canary, and an update does not overwrite them: "
                    + "take the service out of 'services', and put it again with its new prefix, port or hosts.");
            }
        }

        return null;
    }

    /// <summary>Onboarding applies routes; what updates them later under the same name is a canary.</summary>
    private static bool IsEdited(JsonObject routes) => routes.Items("metadata", "managedFields").Any(entry =>
        entry.Text("manager") == Resources.FieldManager && entry.Text("operation") == "Update");
}

public static class VerifyTenantCall
{
    extension(TaskOrchestrationContext context)
    {
        /// <inheritdoc cref="VerifyTenant"/>
        public Task<StepReport> VerifyTenantAsync(TenantRun run) =>
            context.CallActivityAsync<StepReport>(nameof(VerifyTenant), run, ClusterCalls.Retried);
    }
}
