using Orchestrator.Simulator.Metrics;

namespace Orchestrator.Simulator.DataPlane;

/// <summary>What the two proxies on a request's way report of it.</summary>
internal static class RequestReports
{
    private const string Unknown = RequestOutcome.Unknown;

    /// <summary>The gateway reports every request; the pod's sidecar, where there is one, those that reached it.</summary>
    public static void Record(IstioMetrics metrics, GatewayReplica source, RoutingDecision decision, RequestOutcome outcome, TimeSpan duration)
    {
        metrics.Record(Labels("source", source, decision, outcome), duration);
        if (decision is RoutingDecision.Forward forward) RecordAtDestination(metrics, source, forward, outcome, duration);
    }

    /// <summary>What a waypoint reports of a request that went through it.</summary>
    public static void RecordAtWaypoint(IstioMetrics metrics, GatewayReplica source, RoutingDecision decision, RequestOutcome outcome,
        TimeSpan duration) =>
        metrics.Record(Labels("waypoint", source, decision, outcome), duration);

    /// <summary>What the pod's sidecar reports, where there is one.</summary>
    public static void RecordAtDestination(
        IstioMetrics metrics, GatewayReplica source, RoutingDecision.Forward forward, RequestOutcome outcome, TimeSpan duration)
    {
        if (forward.Pod.HasSidecar) metrics.Record(Labels("destination", source, forward, outcome), duration);
    }

    private static string[] Labels(string reporter, GatewayReplica source, RoutingDecision decision, RequestOutcome outcome)
    {
        var pod = (decision as RoutingDecision.Forward)?.Pod;
        // Without a cluster the proxy knows nothing of the destination.
        var service = decision switch
        {
            RoutingDecision.Forward forward => (forward.Namespace, Name: forward.Service),
            RoutingDecision.NoHealthyUpstream empty => (empty.Namespace, Name: empty.Service),
            _ => (Namespace: Unknown, Name: Unknown),
        };
        var isMutualTls = reporter != "source";
        return
        [
            reporter, source.Workload, source.Namespace, source.Labels.GetValueOrDefault("app", Unknown), source.Labels.GetValueOrDefault("version", Unknown),
            pod?.Workload ?? Unknown, pod?.Namespace ?? Unknown, pod?.App ?? Unknown, pod?.Version ?? Unknown,
            service.Name == Unknown ? Unknown : $"{service.Name}.{service.Namespace}.svc.cluster.local", service.Name, service.Namespace,
            "http", $"{outcome.Code}", outcome.Flag, isMutualTls ? "mutual_tls" : Unknown,
        ];
    }
}
