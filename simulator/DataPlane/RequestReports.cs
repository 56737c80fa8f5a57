using Orchestrator.Simulator.Metrics;

namespace Orchestrator.Simulator.DataPlane;

/// <summary>What the two proxies on the way of a request or connection report of it.</summary>
internal static class RequestReports
{
    private const string Unknown = RequestOutcome.Unknown;

    /// <summary>What the gateway reports of every request.</summary>
    public static void Record(IstioMetrics metrics, GatewayReplica source, RoutingDecision decision, RequestOutcome outcome, TimeSpan duration) =>
        metrics.Record(Labels("source", source, decision, outcome), duration);

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

    /// <summary>What both proxies report of a connection.</summary>
    public static void Record(ConnectionMetrics metrics, GatewayReplica source, RoutingDecision decision, string flag, ConnectionChange change)
    {
        metrics.Record([.. Ends("source", source, decision), "tcp", flag, Security("source")], change);
        if (decision is RoutingDecision.Connect { Pod.HasSidecar: true })
            metrics.Record([.. Ends("destination", source, decision), "tcp", flag, Security("destination")], change);
    }

    private static string[] Labels(string reporter, GatewayReplica source, RoutingDecision decision, RequestOutcome outcome) =>
        [.. Ends(reporter, source, decision), "http", $"{outcome.Code}", outcome.Flag, Security(reporter)];

    private static string[] Ends(string reporter, GatewayReplica source, RoutingDecision decision)
    {
        // Without a cluster the proxy knows nothing of the destination.
        var (service, pod) = decision switch
        {
            RoutingDecision.Forward forward => ((forward.Namespace, Name: forward.Service), forward.Pod),
            RoutingDecision.Connect connect => ((connect.Namespace, Name: connect.Service), connect.Pod),
            RoutingDecision.NoHealthyUpstream empty => ((empty.Namespace, Name: empty.Service), null),
            _ => ((Namespace: Unknown, Name: Unknown), (PodEndpoint?)null),
        };
        return
        [
            reporter, source.Workload, source.Namespace, source.Labels.GetValueOrDefault("app", Unknown), source.Labels.GetValueOrDefault("version", Unknown),
            pod?.Workload ?? Unknown, pod?.Namespace ?? Unknown, pod?.App ?? Unknown, pod?.Version ?? Unknown,
            service.Name == Unknown ? Unknown : $"{service.Name}.{service.Namespace}.svc.cluster.local", service.Name, service.Namespace,
        ];
    }

    private static string Security(string reporter) => reporter == "source" ? Unknown : "mutual_tls";
}
