using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Orchestrator.Simulator.Controllers;
using Orchestrator.Simulator.Controllers.GatewayApi;

namespace Orchestrator.Simulator.DataPlane;

/// <summary>Istio's routing rules, as every gateway pod knows them at the moment.</summary>
internal sealed class MeshState
{
    private readonly ClusterStore store;
    private readonly Func<string, string, ServiceEndpoints?> services;
    private readonly RuleHistory<GatewaySpec> gateways;
    private readonly RuleHistory<VirtualServiceSpec> virtualServices;
    private readonly RuleHistory<DestinationRuleSpec> destinationRules;
    private readonly ConcurrentDictionary<(string Pod, int Port, int TargetPort),
        (long Gateways, long VirtualServices, long Scope, ListenerTables Tables)> tables = new();
    private readonly ConditionalWeakTable<RuleSet<DestinationRuleSpec>, ILookup<string, MeshObject<DestinationRuleSpec>>> byHost = [];
    private readonly MeshScopes scopes;
    private readonly GatewayApiRules gatewayApi;

    /// <param name="store">The cluster's objects.</param>
    /// <param name="services">Finds a Service by namespace and name.</param>
    /// <param name="options">How it runs.</param>
    public MeshState(ClusterStore store, Func<string, string, ServiceEndpoints?> services, SimulatorOptions options)
    {
        (this.store, this.services) = (store, services);
        scopes = new(store);
        gatewayApi = new(store);
        gateways = new("Gateway", options.Time);
        virtualServices = new("VirtualService", options.Time);
        destinationRules = new("DestinationRule", options.Time);
        Propagation = new((int)options.Delays.Propagation.TotalMilliseconds, (int)options.Delays.PropagationSpread.TotalMilliseconds);
    }

    /// <summary>For writes from now on.</summary>
    public Propagation Propagation { get; set; }

    /// <summary>Whether every gateway pod obeys everything written so far.</summary>
    public bool IsSettled => gateways.IsSettled && virtualServices.IsSettled && destinationRules.IsSettled;

    /// <summary>Reads what is there; gateways know it already.</summary>
    public void Load()
    {
        foreach (var type in new[] { ResourceTypes.Gateway, ResourceTypes.VirtualService, ResourceTypes.DestinationRule })
            foreach (var obj in store.Snapshot(type).Objects)
                Apply(new(ClusterEventKind.Added, type, obj, null, 0), new(0, 0));
        Translate(gatewayApi.Load(), new(0, 0));
    }

    /// <summary>Takes a change of the cluster in.</summary>
    public void Apply(ClusterEvent change) => Apply(change, Propagation);

    /// <summary>The virtual hosts of a port as a gateway pod knows them.</summary>
    public RouteTable TableOf(GatewayReplica replica, IngressPort port) => TablesOf(replica, port).Requests;

    /// <summary>Where connections to a port go that carry no plain HTTP, as a gateway pod knows it.</summary>
    public ConnectionTable ConnectionsOf(GatewayReplica replica, IngressPort port) => TablesOf(replica, port).Connections;

    /// <summary>What destinations mean to a gateway pod.</summary>
    public Upstreams UpstreamsOf(GatewayReplica replica, IngressPort port) => new(DestinationRulesOf(replica), services, replica.Namespace, port.Port);

    /// <summary>The routes that a pod of a waypoint knows for a Service: the Service's own, and the waypoint's.</summary>
    public RouteTable TableOf(GatewayReplica pod, Waypoint waypoint, string ns, string service)
    {
        var prefix = $"{waypoint.Namespace}/{GatewayNames.Translated(waypoint.Name, "")}";
        var own = RouteBinding.WaypointOf(ns, service);
        return RouteTable.Build(virtualServices.SeenBy(pod.Uid).Rules.Values.Where(rule =>
            rule.Spec.Gateways.Any(name => name == own || name.StartsWith(prefix, StringComparison.Ordinal))));
    }

    /// <summary>The DestinationRules a gateway pod knows, by full host name.</summary>
    private ILookup<string, MeshObject<DestinationRuleSpec>> DestinationRulesOf(GatewayReplica replica) => byHost.GetValue(
        destinationRules.SeenBy(replica.Uid), static set => set.Rules.Values.ToLookup(rule => HostName.Qualify(rule.Spec.Host, rule.Namespace)));

    /// <summary>A host that leads to the Service by the newest rules; for whoever asks without knowing one.</summary>
    public string HostOf(string ns, string service)
    {
        var host = Delegation.Resolve(virtualServices.Newest.Rules.Values)
            .Where(rule => rule.Spec.Http.Any(route => route.Route
                .Any(target => HostName.Service(HostName.Qualify(target.Destination.Host, route.Namespace ?? rule.Namespace)) == (ns, service))))
            .SelectMany(rule => rule.Spec.Hosts).FirstOrDefault() ?? "*";
        return host == "*" ? "ingress" : host.Replace("*", "ingress", StringComparison.Ordinal);
    }

    private ListenerTables TablesOf(GatewayReplica replica, IngressPort port)
    {
        var (known, routes, scope) = (gateways.SeenBy(replica.Uid), virtualServices.SeenBy(replica.Uid), scopes.Of(replica.Istiod));
        var key = (replica.Uid, port.Port, port.TargetPort);
        if (tables.TryGetValue(key, out var cached) && cached.Gateways == known.Number && cached.VirtualServices == routes.Number
            && cached.Scope == scope.Number)
            return cached.Tables;
        var proxy = new Proxy(replica.Namespace, replica.Labels, scope.ScopesGateways);
        MeshObject<GatewaySpec>[] visible = [.. known.Rules.Values.Where(gateway => scope.Sees(gateway.Namespace))];
        MeshObject<VirtualServiceSpec>[] rules = [.. routes.Rules.Values.Where(rule => scope.Sees(rule.Namespace))];
        int[] ports = [port.Port, port.TargetPort];
        var built = new ListenerTables(RouteTable.Build(ports, proxy, visible, rules), ConnectionTable.Build(ports, proxy, visible, rules));
        tables[key] = (known.Number, routes.Number, scope.Number, built);
        return built;
    }

    private void Apply(ClusterEvent change, Propagation propagation)
    {
        scopes.Apply(change);
        Translate(gatewayApi.Apply(change), propagation);
        if (change.Type == ResourceTypes.Gateway) Write(gateways, change, propagation);
        else if (change.Type == ResourceTypes.VirtualService) Write(virtualServices, change, propagation);
        else if (change.Type == ResourceTypes.DestinationRule) Write(destinationRules, change, propagation);
        else if (change.Type == ResourceTypes.Pod && change.Kind == ClusterEventKind.Deleted)
            foreach (var key in tables.Keys.Where(key => key.Pod == change.Object.Uid)) tables.TryRemove(key, out _);
    }

    /// <summary>istiod turns the Gateway API's objects into its own before it tells anybody.</summary>
    private void Translate(GatewayApiChanges changes, Propagation propagation)
    {
        foreach (var (key, gateway) in changes.Gateways) gateways.Write(key, gateway, propagation);
        foreach (var (key, rule) in changes.Routes) virtualServices.Write(key, rule, propagation);
    }

    private static void Write<TSpec>(RuleHistory<TSpec> history, ClusterEvent change, Propagation propagation) where TSpec : notnull =>
        history.Write(change.Object.Key, change.Kind == ClusterEventKind.Deleted ? null : MeshObject<TSpec>.Read(change.Object), propagation);

    private sealed record ListenerTables(RouteTable Requests, ConnectionTable Connections);
}
