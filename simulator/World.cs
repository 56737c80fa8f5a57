using Microsoft.Extensions.Logging;
using Orchestrator.Simulator.Controllers;
using Orchestrator.Simulator.Controllers.GatewayApi;
using Orchestrator.Simulator.DataPlane;
using Orchestrator.Simulator.Metrics;

namespace Orchestrator.Simulator;

/// <summary>What happens in a cluster by itself: workloads start, Istio installs itself, gateways take requests.</summary>
public sealed class World : IAsyncDisposable
{
    private readonly ClusterStore store;
    private readonly SimulatorOptions options;
    private readonly Kubelet kubelet;
    private readonly ControllerLoop controllers;
    private readonly Topology topology;
    private readonly NodePorts nodePorts;
    private IDisposable? subscription;

    /// <param name="store">The cluster's objects.</param>
    /// <param name="faults">What goes wrong.</param>
    /// <param name="metrics">Where gateways and sidecars report to.</param>
    /// <param name="options">How it runs.</param>
    /// <param name="logs">Told of failures of the simulation itself.</param>
    public World(ClusterStore store, Faults faults, IstioMetrics metrics, SimulatorOptions options, ILoggerFactory logs)
    {
        (this.store, this.options) = (store, options);
        var events = new ClusterEvents(store, options.Time);
        kubelet = new(store, options, faults);
        controllers = new(store, Controllers(events), options.Time, logs.CreateLogger<World>());
        topology = new(store);
        Mesh = new(store, topology.Service, options);
        Ingress = new Ingress(topology, Mesh, faults, Requests, metrics, options);
        var connections = new Connections(Mesh, faults, Requests, metrics, options, Ingress.NextDice);
        nodePorts = new(store, topology, Ingress, connections, events, options, logs);
        Load = new(topology, Mesh, Ingress, options);

        IReadOnlyList<Controller> Controllers(ClusterEvents events) =>
        [
            new DeploymentController(store, events, options.Time),
            new ReplicaSetController(store, events, options.Time),
            kubelet,
            new HorizontalPodAutoscalerController(store, options.Delays, options.Time),
            new EndpointSliceController(store),
            new ServiceAccountController(store),
            new LoadBalancers(store, options),
            new ControlPlane(store, options.Time),
            new RootCertificates(store),
            .. options.IstioOperator ? [new IstioOperatorController(store, events, options.Delays)] : Array.Empty<Controller>(),
            new SailIstioController(store, options.Delays, options.Time),
            new SailRevisionController(store, options.Delays, options.Time),
            new GatewayClassController(store, options.Time),
            new GatewayController(store, events, options.Time),
            new WaypointController(store, options.Time),
            new RouteController(store, ResourceTypes.HttpRoute, options.Time),
            new RouteController(store, ResourceTypes.GrpcRoute, options.Time),
            .. ResourceTypes.All.Where(type => type != ResourceTypes.Event && type != ResourceTypes.Namespace)
            .Select(type => new GarbageCollector(store, type)),
        ];
    }

    /// <summary>What the machine does not let happen, e.g. a nodePort that another process has.</summary>
    public IEnumerable<Finding> Findings => nodePorts.Findings;

    /// <summary>What the gateways know.</summary>
    internal MeshState Mesh { get; }

    /// <summary>The way in at the gateways.</summary>
    internal Ingress Ingress { get; }

    /// <summary>The requests the gateways saw.</summary>
    internal RequestCounts Requests { get; } = new();

    /// <summary>The load there is.</summary>
    internal LoadGenerator Load { get; }

    /// <summary>Starts everything. What a previous process left half done goes on.</summary>
    public void Start()
    {
        kubelet.EnsureNode();
        CustomResourceDefinitions.Ensure(store, options);
        if (options.SailOperator) SailOperator.Install(store);
        // Before the rules are read, so that no write falls between; one that comes twice is the same.
        subscription = store.Subscribe(change =>
        {
            Mesh.Apply(change);
            if (topology.Apply(change) is { } ns) nodePorts.LookAt(ns);
        });
        Mesh.Load();
        nodePorts.Start();
        controllers.Start();
    }

    /// <summary>Stops everything; the objects stay in the store.</summary>
    public async ValueTask DisposeAsync()
    {
        await Load.DisposeAsync();
        await controllers.DisposeAsync();
        subscription?.Dispose();
        await nodePorts.DisposeAsync();
    }
}
