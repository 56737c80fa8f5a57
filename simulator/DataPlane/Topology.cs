using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Orchestrator.Simulator.Controllers;
using Orchestrator.Simulator.Controllers.GatewayApi;

namespace Orchestrator.Simulator.DataPlane;

/// <summary>A ready pod of an ingress gateway.</summary>
/// <param name="Uid">Its uid.</param>
/// <param name="Namespace">Its namespace.</param>
/// <param name="Name">Its name.</param>
/// <param name="Labels">Its labels.</param>
/// <param name="Workload">The Deployment it belongs to, or its own name.</param>
/// <param name="Istiod">Namespace and Service of its control plane.</param>
public sealed record GatewayReplica(
    string Uid, string Namespace, string Name, IReadOnlyDictionary<string, string> Labels, string Workload, (string Namespace, string Name) Istiod);

/// <summary>A port of a Service before ingress gateways.</summary>
/// <param name="Namespace">The Service's namespace.</param>
/// <param name="Service">Its name.</param>
/// <param name="NodePort">Open on the node; 0 when there is none.</param>
/// <param name="Port">The Service's port.</param>
/// <param name="TargetPort">The pods' port.</param>
/// <param name="Balancer">The address of its load balancer; null when there is none.</param>
public sealed record IngressPort(string Namespace, string Service, int NodePort, int Port, int TargetPort, string? Balancer = null);

/// <summary>Services, their ready pods and the gateways among them, read anew after a change and kept until the next.</summary>
internal sealed class Topology(ClusterStore store)
{
    /// <summary>Istio's health port: every gateway Service may publish it, and it routes nothing.</summary>
    private const int StatusPort = 15021;

    private readonly ConcurrentDictionary<string, long> versions = new();
    private readonly ConcurrentDictionary<string, NamespaceTopology> known = new();

    /// <summary>Takes a change of the cluster in.</summary>
    /// <returns>The namespace that must be looked at again, or null.</returns>
    public string? Apply(ClusterEvent change)
    {
        // A namespace's labels may say which waypoint its Services use.
        if (change.Type != ResourceTypes.Service && change.Type != ResourceTypes.EndpointSlice && change.Type != ResourceTypes.Pod
            && change.Type != ResourceTypes.Namespace) return null;
        var ns = change.Object.Namespace ?? change.Object.Name;
        versions.AddOrUpdate(ns, 1, (_, version) => version + 1);
        return ns;
    }

    /// <summary>A Service with its ready pods, or null.</summary>
    public ServiceEndpoints? Service(string ns, string name) => Of(ns).Services.GetValueOrDefault(name);

    /// <summary>The ports of a namespace's gateways, reachable from outside or not.</summary>
    public IReadOnlyList<IngressPort> Ingresses(string ns) => Of(ns).Ingresses;

    /// <summary>The gateway that listens at a port of a pod, if one is ready there.</summary>
    public (IngressPort Port, GatewayReplica Replica)? Gateway(string ns, string pod, int targetPort) =>
        (from port in Of(ns).Ingresses
         where port.TargetPort == targetPort
         from replica in Replicas(port)
         where replica.Name == pod
         select ((IngressPort, GatewayReplica)?)(port, replica)).FirstOrDefault();

    /// <summary>The waypoint that a Service asks for, or null.</summary>
    public Waypoint? WaypointOf(string ns, string service) => Of(ns).Waypoints.GetValueOrDefault(service);

    /// <summary>The pods of a waypoint that are ready.</summary>
    public IReadOnlyList<GatewayReplica> Replicas(Waypoint waypoint) => Of(waypoint.Namespace).WaypointReplicas.GetValueOrDefault(waypoint.Name, []);

    /// <summary>The application that listens at a port of a ready pod: one that a Service before it leads to.</summary>
    public PodEndpoint? Application(string ns, string pod, int targetPort) =>
        Of(ns).Applications.GetValueOrDefault((pod, targetPort));

    /// <summary>The gateway pods that are ready behind a port.</summary>
    public IReadOnlyList<GatewayReplica> Replicas(IngressPort port) => Of(port.Namespace).Replicas.GetValueOrDefault(port.Service, []);

    private NamespaceTopology Of(string ns)
    {
        // Taken before the objects are read: a change in between makes the result stale, never the other way round.
        var version = versions.GetValueOrDefault(ns);
        return known.TryGetValue(ns, out var current) && current.Version == version ? current : known[ns] = Read(ns, version);
    }

    private NamespaceTopology Read(string ns, long version)
    {
        var pods = store.Snapshot(ResourceTypes.Pod, ns).Objects.Where(pod => !pod.IsTerminating).ToDictionary(pod => pod.Name);
        var slices = store.Snapshot(ResourceTypes.EndpointSlice, ns).Objects.ToLookup(slice => slice.Labels?[EndpointSliceController.ServiceName].AsText() ?? "");
        var services = new Dictionary<string, ServiceEndpoints>();
        var replicas = new Dictionary<string, IReadOnlyList<GatewayReplica>>();
        var ingresses = new List<IngressPort>();
        var applications = new Dictionary<(string, int), PodEndpoint>();
        var waypoints = new Dictionary<string, Waypoint>();
        var waypointReplicas = new Dictionary<string, IReadOnlyList<GatewayReplica>>();
        var labelled = store.Find(ResourceTypes.Namespace, null, ns);
        foreach (var service in store.Snapshot(ResourceTypes.Service, ns).Objects)
        {
            JsonObject[] ready = [.. slices[service.Name].SelectMany(slice => slice["endpoints"] as JsonArray ?? [])
                .Where(endpoint => endpoint?["conditions"]?["ready"]?.GetValue<bool>() != false)
                .Select(endpoint => pods.GetValueOrDefault(endpoint?["targetRef"]?["name"].AsText() ?? "")).OfType<JsonObject>()];
            JsonObject[] ports = [.. (service.At("spec", "ports") as JsonArray ?? []).OfType<JsonObject>()];
            services[service.Name] = new(ns, service.Name, [.. ports.Select(port => Number(port["port"]))], [.. ready.Select(Endpoint)]);
            foreach (var pod in ready.Where(pod => !SidecarInjector.IsGateway(pod)))
                foreach (var port in ports) applications[(pod.Name, Number(port["targetPort"]))] = Endpoint(pod);
            if (Waypoint.Of(service, labelled) is { } waypoint) waypoints[service.Name] = waypoint;
            if (ready.Where(SidecarInjector.IsWaypoint).Select(Replica).ToArray() is { Length: > 0 } behind) waypointReplicas[service.Name] = behind;
            GatewayReplica[] gateways = [.. ready.Where(SidecarInjector.IsGateway).Select(Replica)];
            if (gateways.Length == 0) continue;
            replicas[service.Name] = gateways;
            ingresses.AddRange(ports.Where(port => Number(port["targetPort"]) != StatusPort)
                .Select(port => new IngressPort(ns, service.Name, Number(port["nodePort"]), Number(port["port"]), Number(port["targetPort"]),
                    LoadBalancers.Address(service))));
        }

        return new(version, services, replicas, ingresses, applications, waypoints, waypointReplicas);
    }

    private static GatewayReplica Replica(JsonObject pod) => new(
        pod.Uid, pod.Namespace!, pod.Name, Labels(pod), Workloads.Deployment(pod) ?? pod.Name, SidecarInjector.ControlPlaneOf(pod));

    private static PodEndpoint Endpoint(JsonObject pod)
    {
        var container = (pod.At("spec", "containers") as JsonArray ?? []).OfType<JsonObject>().FirstOrDefault(one => one["name"].AsText() != SidecarInjector.Proxy) ?? [];
        var environment = (container["env"] as JsonArray ?? []).OfType<JsonObject>().Where(variable => variable["value"].AsText() is not null)
            .GroupBy(variable => variable["name"].AsText() ?? "").ToDictionary(group => group.Key, group => group.Last()["value"].AsText()!);
        return new(pod.Namespace!, pod.Name, Labels(pod), Workloads.Deployment(pod) ?? pod.Name, container["image"].AsText() ?? "", environment,
            SidecarInjector.HasProxy(pod));
    }

    private static Dictionary<string, string> Labels(JsonObject pod) => (pod.Labels ?? []).ToDictionary(label => label.Key, label => label.Value.AsText() ?? "");

    private static int Number(JsonNode? node) => (int)(node.AsNumber() ?? 0);

    private sealed record NamespaceTopology(
        long Version, IReadOnlyDictionary<string, ServiceEndpoints> Services, IReadOnlyDictionary<string, IReadOnlyList<GatewayReplica>> Replicas,
        IReadOnlyList<IngressPort> Ingresses, IReadOnlyDictionary<(string Pod, int Port), PodEndpoint> Applications,
        IReadOnlyDictionary<string, Waypoint> Waypoints, IReadOnlyDictionary<string, IReadOnlyList<GatewayReplica>> WaypointReplicas);
}
