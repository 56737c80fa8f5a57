using System.Text.Json.Nodes;
using Orchestrator.Cluster.Istio.Manifests;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Domain.Canaries;
using Orchestrator.Domain.Tenants;
using Orchestrator.Domain.Traffic;

namespace Orchestrator.Cluster.Istio.Readiness;

/// <summary>Asks every ready gateway pod of a tenant, through the API server, which routes of a run it obeys.</summary>
public static class ProofSurvey
{
    /// <summary>Where the requests to a service of a tenant come in; null where its gateway cannot be asked for it.</summary>
    public static Entrance? EntranceOf(TenantSpec spec, string service) =>
        spec.Services.FirstOrDefault(known => known.Name == service) is { } found && spec.Gateway.Service.Ports.Where(TenantRequest.IsHttp).ToList() is { Count: > 0 } ports
            ? new(
                spec.Gateway.Mode is GatewayMode.GatewayApi ? TenantNames.KubernetesGateway(spec) : TenantNames.IstioGateway(spec.Tenant),
                GatewayFront.Selector(spec),
                [.. ports.Select(port => port.TargetPort)],
                HostNames.Sample(spec.Gateway.Hosts[0]),
                found.Prefix)
            : null;

    /// <summary>The gateway pods that are ready.</summary>
    public static async Task<IReadOnlyList<JsonObject>> PodsAsync(IResources resources, string ns, Entrance entrance, CancellationToken cancellationToken) =>
        [.. (await resources.ListAsync(ResourceType.Pod, ns, entrance.Pods, cancellationToken)).Where(pod => pod.IsReadyPod)];

    /// <summary>Asks each once.</summary>
    /// <param name="resources">The cluster.</param>
    /// <param name="pods">The pods.</param>
    /// <param name="entrance">Where to ask.</param>
    /// <param name="proof">What the run wrote.</param>
    /// <param name="isGone">Whether it has taken it away again, which is what each pod is to have learned.</param>
    /// <param name="cancellationToken">Ends the calls.</param>
    public static async Task<PropagationSight> TakeAsync(
        IResources resources, IReadOnlyList<JsonObject> pods, Entrance entrance, TrafficProof proof, bool isGone, CancellationToken cancellationToken)
    {
        var seen = await Task.WhenAll(
            from pod in pods
            from port in entrance.Ports
            select AskAsync(pod, port));
        return new(
            seen.Length > 0 && seen.All(one => one.Sight is RouteSight.Learned),
            seen.Any(one => one.Answer.Headers.ContainsKey(TrafficProof.Header)),
            Words(RouteSight.Missing),
            seen.Length == 0 ? "there is no ready gateway pod"
                : Words(RouteSight.Forbidden) is { } forbidden ? $"it may not ask gateway pods; grant 'get' on pods/proxy: {forbidden}"
                : Words(RouteSight.Nothing),
            seen.Any(one => one.Sight is RouteSight.Forbidden));

        async Task<(JsonObject Pod, PodAnswer Answer, RouteSight Sight, string Why)> AskAsync(JsonObject pod, int port)
        {
            var answer = await resources.AskPodAsync(
                pod.Namespace!, pod.Name, port, entrance.Host, entrance.Path, cancellationToken, (TrafficProof.Header, proof.Token));
            var (sight, why) = ProofAnswer.Judge(answer, isGone ? null : $"{proof}");
            return (pod, answer, sight, why);
        }

        string? Words(RouteSight sight) => string.Join("; ", seen.Where(one => one.Sight == sight).Select(one => $"{one.Pod.Title} ({one.Why})").Distinct()) is { Length: > 0 } words
            ? words
            : null;
    }
}
