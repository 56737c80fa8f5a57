using System.Text.Json.Nodes;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Domain;
using Orchestrator.Domain.Meshes;
using Orchestrator.Domain.Tenants;

namespace Orchestrator.Cluster.Istio.Readiness;

/// <summary>Whether a tenant's ingress gateway, or its waypoint, is ready to take traffic, and if not, what is missing and why.</summary>
public static class GatewayReadiness
{
    private const string Revision = "istio.io/rev";

    /// <summary>Judges a snapshot: done, waiting for everything that is still missing, or refused when it can never get ready.</summary>
    /// <param name="spec">The tenant.</param>
    /// <param name="seen">What stands.</param>
    /// <param name="isBeside">Whether another gateway still has the tenant's address, so that no request is to come to this one yet.</param>
    public static StepReport Judge(TenantSpec spec, GatewaySnapshot seen, bool isBeside = false)
    {
        var name = TenantNames.Workload(spec);
        List<string> missing = [];
        if (spec.Gateway.Mode is GatewayMode.IstioOperator)
        {
            var title = KubernetesObject.Title("IstioOperator", MeshSpec.DefaultNamespace, TenantNames.IstioOperator(spec.Tenant));
            var operatorSays = OperatorStatus.Judge(title, seen.Operator);
            if (operatorSays.Outcome is StepOutcome.Refused)
            {
                return operatorSays;
            }

            Add(operatorSays.Outcome is StepOutcome.Waiting ? operatorSays.Message : null);
        }

        if (spec.Gateway.Mode is GatewayMode.GatewayApi)
        {
            if (seen.NodePortsTaken is { } taken)
            {
                return StepReport.Refused(taken);
            }

            missing.AddRange(ManagedTroubles(spec, seen, TenantNames.KubernetesGateway(spec)));
        }

        missing.AddRange(WorkloadTroubles(spec, seen, name));
        var endpoints = ReadyEndpoints(seen.EndpointSlices);
        if (!isBeside)
        {
            var title = KubernetesObject.Title("Service", spec.Tenant, TenantNames.Front(spec));
            missing.AddRange(ServiceTroubles(spec, title, seen.Service));
            Add(TooFew(spec, title, endpoints));
        }

        Add(ScalingTrouble(spec, seen, name));
        return Report(seen, missing, endpoints);

        void Add(string? trouble)
        {
            if (trouble is not null)
            {
                missing.Add(trouble);
            }
        }
    }

    /// <summary>Judges a snapshot of the waypoint: done, or waiting for everything that is still missing.</summary>
    public static StepReport JudgeWaypoint(TenantSpec spec, GatewaySnapshot seen)
    {
        const string name = TenantNames.Waypoint;
        var endpoints = ReadyEndpoints(seen.EndpointSlices);
        IEnumerable<string?> missing =
        [
            .. ManagedTroubles(spec, seen, name),
            .. WorkloadTroubles(spec, seen, name),
            TooFew(spec, KubernetesObject.Title("Service", spec.Tenant, name), endpoints),
            ScalingTrouble(spec, seen, name),
        ];
        return Report(seen, [.. missing.OfType<string>()], endpoints);
    }

    private static StepReport Report(GatewaySnapshot seen, List<string> missing, int endpoints) => missing.Count > 0
        ? StepReport.Waiting(string.Join("; ", missing))
        : StepReport.Done(
            "Ready", $"{seen.Deployment.Number("status", "availableReplicas")} replicas, {endpoints} endpoints{Blind(seen.Autoscaler)}");

    private static IEnumerable<string> ManagedTroubles(TenantSpec spec, GatewaySnapshot seen, string gateway)
    {
        var title = KubernetesObject.Title("Gateway", spec.Tenant, gateway);
        var missing = GatewayApiStatus.Missing(title, seen.Gateway);
        return seen.ClassLacking is { } lacking ? missing.Append($"cluster '{spec.Cluster}' to take it: {lacking}") : missing;
    }

    /// <remarks>Neither HEALTHY nor Programmed is about the revision, where the tenant has come to follow another one, nor asks for more than one pod.</remarks>
    private static IEnumerable<string> WorkloadTroubles(TenantSpec spec, GatewaySnapshot seen, string name)
    {
        var title = KubernetesObject.Title("Deployment", spec.Tenant, name);
        IEnumerable<string?> troubles =
        [
            RevisionOf(seen.Deployment) is { } revision && revision != spec.Revision
                ? $"{title} to be of revision {spec.Revision}, it is of {revision}"
                : null,
            Rollout.Missing(title, seen.Deployment, spec.Gateway.MinReplicas),
            .. PodTroubles(seen),
        ];
        return troubles.OfType<string>();
    }

    private static string? ScalingTrouble(TenantSpec spec, GatewaySnapshot seen, string name) => Rollout.Missing(
        KubernetesObject.Title("HorizontalPodAutoscaler", spec.Tenant, name), seen.Autoscaler, spec.Gateway.MinReplicas, spec.Gateway.MaxReplicas);

    private static string? TooFew(TenantSpec spec, string service, int endpoints) =>
        endpoints < spec.Gateway.MinReplicas ? $"{service}: {endpoints} of {spec.Gateway.MinReplicas} endpoints ready" : null;

    /// <summary>The revision that a gateway was rendered for; null where it does not say.</summary>
    private static string? RevisionOf(JsonObject? gateway) =>
        gateway.Text("spec", "template", "metadata", "labels", Revision)
        ?? gateway.Text("spec", "template", "metadata", "annotations", Revision)
        ?? gateway.Text("metadata", "labels", Revision);

    private static IEnumerable<string> ServiceTroubles(TenantSpec spec, string title, JsonObject? service)
    {
        if (service is null)
        {
            yield return $"{title} to be created";
            yield break;
        }

        if (service.Text("spec", "type") is var type && type != spec.Gateway.Service.Type.ToString())
        {
            yield return $"{title} to be of type {spec.Gateway.Service.Type}, it is of type {type}";
        }

        foreach (var port in spec.Gateway.Service.Ports)
        {
            var found = service.Items("spec", "ports").FirstOrDefault(item => item.Number("port") == port.Port);
            if (found is null)
            {
                yield return $"{title} to have port {port.Port}";
            }
            else if (port.NodePort is { } wanted && found.Number("nodePort") != wanted)
            {
                yield return $"{title}: port {port.Port} to have nodePort {wanted}, it has {found.Number("nodePort")}";
            }
        }

        if (spec.Gateway.Service.Type is ServiceType.LoadBalancer && !service.Items("status", "loadBalancer", "ingress").Any())
        {
            yield return $"{title} to get an address from the cloud's load balancer";
        }
    }

    /// <summary>Why there are no pods, or pods that never get ready; each reason once, however many pods share it.</summary>
    private static IEnumerable<string> PodTroubles(GatewaySnapshot seen)
    {
        var failed = seen.ReplicaSets
            .Select(set => set.Condition("ReplicaFailure"))
            .Where(condition => condition.Text("status") == "True")
            .Select(condition => $"pods cannot be created ({condition.Text("reason")}: {condition.Text("message")})");
        var stuck = seen.NotInjected.Select(pod =>
            $"pod {pod.Name} still has the image 'auto': it was made before istiod's injector served the namespace, and is made again");
        var waiting = seen.Pods
            .SelectMany(pod => pod.Items("status", "containerStatuses"))
            .Select(container => container.At("state", "waiting"))
            .Where(state => state.Text("reason") is not (null or "ContainerCreating" or "PodInitializing"))
            .Select(state => $"pods wait ({state.Text("reason")}: {state.Text("message")})");
        return failed.Concat(stuck).Concat(waiting).Distinct();
    }

    private static int ReadyEndpoints(IReadOnlyList<JsonObject> slices) => slices
        .SelectMany(slice => slice.Items("endpoints"))
        .Where(endpoint => endpoint.Flag("conditions", "ready") is not false)
        .SelectMany(endpoint => endpoint.Items("addresses"))
        .Select(address => address!.GetValue<string>())
        .Distinct()
        .Count();

    /// <summary>An autoscaler that cannot read its metric still keeps the least number of replicas: no failure, but worth a word.</summary>
    private static string Blind(JsonObject? autoscaler) =>
        autoscaler?.Condition("ScalingActive") is { } condition && condition.Text("status") == "False"
            ? $"; its autoscaler cannot scale ({condition.Text("reason")})"
            : "";
}
