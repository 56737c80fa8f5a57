using System.Text.Json.Nodes;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Domain;
using Orchestrator.Domain.Meshes;
using Orchestrator.Domain.Tenants;

namespace Orchestrator.Cluster.Istio.Readiness;

/// <summary>Whether a tenant's ingress gateway is ready to take traffic, and if not, what is missing and why.</summary>
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

            var title = KubernetesObject.Title("Gateway", spec.Tenant, TenantNames.KubernetesGateway(spec));
            missing.AddRange(GatewayApiStatus.Missing(title, seen.Gateway));
        }

        // Neither HEALTHY nor Programmed is about the revision, where the tenant has come to follow another one, nor asks for more than one pod.
        Add(RevisionOf(seen.Deployment) is { } revision && revision != spec.Revision
            ? $"{Title("Deployment")} to be of revision {spec.Revision}, it is of {revision}"
            : null);
        Add(Rollout.Missing(Title("Deployment"), seen.Deployment, spec.Gateway.MinReplicas));
        missing.AddRange(PodTroubles(seen));
        var endpoints = ReadyEndpoints(seen.EndpointSlices);
        if (!isBeside)
        {
            var title = KubernetesObject.Title("Service", spec.Tenant, TenantNames.Front(spec));
            missing.AddRange(ServiceTroubles(spec, title, seen.Service));
            Add(endpoints < spec.Gateway.MinReplicas ? $"{title}: {endpoints} of {spec.Gateway.MinReplicas} endpoints ready" : null);
        }

        Add(Rollout.Missing(Title("HorizontalPodAutoscaler"), seen.Autoscaler, spec.Gateway.MinReplicas, spec.Gateway.MaxReplicas));
        return missing.Count > 0
            ? StepReport.Waiting(string.Join("; ", missing))
            : StepReport.Done(
                "Ready", $"{seen.Deployment.Number("status", "availableReplicas")} replicas, {endpoints} endpoints{Blind(seen.Autoscaler)}");

        string Title(string kind) => KubernetesObject.Title(kind, spec.Tenant, name);

        void Add(string? trouble)
        {
            if (trouble is not null)
            {
                missing.Add(trouble);
            }
        }
    }

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
