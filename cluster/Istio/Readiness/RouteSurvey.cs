using System.Text.Json.Nodes;
using Orchestrator.Cluster.Istio.Manifests;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Domain.Tenants;

namespace Orchestrator.Cluster.Istio.Readiness;

/// <summary>What one gateway pod showed about the route of one service.</summary>
public sealed record RouteSighting(string Pod, string Prefix, RouteSight Sight, PodAnswer Answer);

/// <summary>
/// What all gateway pods of a tenant showed at one moment about routes that were written. Istio tells in no status whether a proxy has learned
/// a rule, so each pod is asked through the API server: its Service would only reach one of them.
/// </summary>
public sealed record RouteSurvey(IReadOnlyList<RouteSighting> Sightings)
{
    /// <summary>How many pods were asked.</summary>
    public int Pods => Sightings.Select(sighting => sighting.Pod).Distinct().Count();

    /// <summary>Whether every pod, of at least one, obeys every route.</summary>
    public bool IsProof => Sightings.Count > 0 && Sightings.All(sighting => sighting.Sight is RouteSight.Learned);

    /// <summary>The pods that do not know a route, or that there is no pod, in words; null when every pod that was reached knows all.</summary>
    public string? Missing => Sightings.Count == 0
        ? "a ready gateway pod"
        : Words(RouteSight.Missing, seen => seen.Answer.Status == 404 ? "404, no route" : "503, no such subset or port");

    /// <summary>The pods that could not be asked, in words; null when all could.</summary>
    public string? Unasked => Words(RouteSight.Nothing, Why) ?? Words(RouteSight.Forbidden, Why);

    /// <summary>Whether the orchestrator may not ask.</summary>
    public bool IsForbidden => Sightings.Any(sighting => sighting.Sight is RouteSight.Forbidden);

    /// <summary>Asks every ready gateway pod once for the prefix of each service.</summary>
    public static async Task<RouteSurvey> TakeAsync(
        IResources resources, TenantSpec spec, IEnumerable<ServiceSpec> services, CancellationToken cancellationToken)
    {
        var pods = await resources.ListAsync(ResourceType.Pod, spec.Tenant, GatewayFront.Selector(spec), cancellationToken);
        return new(await Task.WhenAll(
            from pod in pods
            where pod.IsReadyPod
            from port in spec.Gateway.Service.Ports
            where TenantRequest.IsHttp(port)
            from service in services
            select AskAsync(resources, pod, port.TargetPort, HostNames.Sample(spec.Gateway.Hosts[0]), service.Prefix, cancellationToken)));
    }

    private static async Task<RouteSighting> AskAsync(
        IResources resources, JsonObject pod, int port, string? host, string prefix, CancellationToken cancellationToken)
    {
        var answer = await resources.AskPodAsync(pod.Namespace!, pod.Name, port, host, prefix, cancellationToken);
        return new(pod.Title, prefix, RouteAnswer.Judge(answer), answer);
    }

    private static string Why(RouteSighting seen) => seen.Answer.Refusal ?? "";

    private string? Words(RouteSight sight, Func<RouteSighting, string> why)
    {
        var seen = Sightings.Where(sighting => sighting.Sight == sight).ToList();
        return seen.Count == 0 ? null : string.Join("; ", seen.Select(sighting => $"{sighting.Pod} at {sighting.Prefix} ({why(sighting)})"));
    }
}
