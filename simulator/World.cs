using Microsoft.Extensions.Logging;
using Orchestrator.Simulator.Controllers;

namespace Orchestrator.Simulator;

/// <summary>What happens in a cluster by itself: workloads start, Istio installs itself, gateways take requests.</summary>
/// <param name="store">The cluster's objects.</param>
/// <param name="faults">What goes wrong.</param>
/// <param name="options">How it runs.</param>
/// <param name="logs">Told of failures of the simulation itself.</param>
public sealed class World(ClusterStore store, Faults faults, SimulatorOptions options, ILoggerFactory logs) : IAsyncDisposable
{
    private ControllerLoop? controllers;

    /// <summary>Starts everything. What a previous process left half done goes on.</summary>
    public void Start()
    {
        var events = new ClusterEvents(store, options.Time);
        var kubelet = new Kubelet(store, options, faults);
        kubelet.EnsureNode();
        CustomResourceDefinitions.Ensure(store, options);
        controllers = new(store,
        [
            new DeploymentController(store, events, options.Time),
            new ReplicaSetController(store, events, options.Time),
            kubelet,
            new HorizontalPodAutoscalerController(store, options.Delays, options.Time),
            new EndpointSliceController(store),
            new ServiceAccountController(store),
            new ControlPlane(store, options.Time),
            new RootCertificates(store),
            .. options.IstioOperator ? [new IstioOperatorController(store, events, options.Delays)] : Array.Empty<Controller>(),
            .. ResourceTypes.All.Where(type => type.Namespaced && type != ResourceTypes.Event).Select(type => new GarbageCollector(store, type)),
        ], options.Time, logs.CreateLogger<World>());
        controllers.Start();
    }

    /// <summary>Stops everything; the objects stay in the store.</summary>
    public async ValueTask DisposeAsync()
    {
        if (controllers is not null) await controllers.DisposeAsync();
    }
}
