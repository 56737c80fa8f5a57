using Orchestrator.Simulator.Metrics;

namespace Orchestrator.Simulator.DataPlane;

/// <summary>Takes a request at a gateway pod, sends it where the rules say, and counts it; the one way in for real requests and generated ones.</summary>
internal sealed class Ingress(Topology topology, MeshState mesh, Faults faults, RequestCounts counts, IstioMetrics metrics, SimulatorOptions options)
{
    private const string NoFlag = "-";
    private static readonly Dictionary<string, string> NoHeaders = [];

    private long requests;

    /// <summary>The gateway pods that are ready behind a port.</summary>
    public IReadOnlyList<GatewayReplica> Replicas(IngressPort port) => topology.Replicas(port);

    /// <summary>The gateway that listens at a port of a pod, if one is ready there.</summary>
    public (IngressPort Port, GatewayReplica Replica)? Gateway(string ns, string pod, int targetPort) => topology.Gateway(ns, pod, targetPort);

    /// <summary>The chance the next request or connection meets.</summary>
    public Dice NextDice() => new(options.Seed, Interlocked.Increment(ref requests));

    /// <summary>Answers a request.</summary>
    /// <param name="port">Where it came in.</param>
    /// <param name="replica">The gateway pod that has the connection.</param>
    /// <param name="request">The request.</param>
    /// <param name="cancellation">Cuts an answer's latency short.</param>
    /// <returns>Null when no Gateway opens the port on this pod: the connection is refused.</returns>
    public async ValueTask<(IngressResponse Response, RequestOutcome Outcome)?> HandleAsync(
        IngressPort port, GatewayReplica replica, IngressRequest request, CancellationToken cancellation)
    {
        var table = mesh.TableOf(replica, port);
        if (!table.IsListening) return null;
        var start = options.Time.GetTimestamp();
        var dice = NextDice();
        var decision = Router.Decide(table, mesh.DestinationRulesOf(replica), topology.Service, replica.Namespace, port.Port, request, dice);
        var (passed, waypoint) = Pass(decision, port, dice);
        decision = passed;
        var (response, outcome) = decision switch
        {
            RoutingDecision.Forward forward => await ForwardAsync(forward, dice, start, cancellation),
            RoutingDecision.NoCluster missing => Refuse(503, "", new(missing.Namespace, missing.Service, missing.Subset ?? RequestOutcome.Unknown, 503, "NC")),
            RoutingDecision.NoHealthyUpstream empty =>
                Refuse(503, "no healthy upstream", new(empty.Namespace, empty.Service, empty.Subset ?? RequestOutcome.Unknown, 503, "UH")),
            RoutingDecision.Direct direct => Answer(direct, replica),
            _ => Refuse(404, "", new(replica.Namespace, RequestOutcome.Unknown, RequestOutcome.Unknown, 404, "NR")),
        };
        counts.Add(outcome);
        RequestReports.Record(metrics, replica, decision, outcome, options.Time.GetElapsedTime(start));
        if (waypoint is not null) RequestReports.RecordAtWaypoint(metrics, replica, decision, outcome, options.Time.GetElapsedTime(start));
        if (decision is RoutingDecision.Forward { Copies: var copies }) foreach (var copy in copies) RecordCopy(replica, copy);
        return (response, outcome);
    }

    /// <summary>Sends what is meant for a Service through its waypoint, where that is asked for; the waypoint decides anew.</summary>
    private (RoutingDecision Decision, GatewayReplica? Waypoint) Pass(RoutingDecision decision, IngressPort port, Dice dice)
    {
        if (decision is not RoutingDecision.Forward forward
            || topology.WaypointOf(forward.Namespace, forward.Service) is not { FromIngress: true } waypoint)
            return (decision, null);
        var replicas = topology.Replicas(waypoint);
        if (replicas.Count == 0) return (new RoutingDecision.NoHealthyUpstream(waypoint.Namespace, waypoint.Name, null), null);
        var replica = replicas[dice.Below(replicas.Count)];
        var table = mesh.TableOf(replica, waypoint, forward.Namespace, forward.Service);
        return (table.IsEmpty ? decision
            : Router.Decide(table, mesh.DestinationRulesOf(replica), topology.Service, replica.Namespace, port.Port, forward.Request, dice), replica);
    }

    private async ValueTask<(IngressResponse, RequestOutcome)> ForwardAsync(
        RoutingDecision.Forward forward, Dice dice, long start, CancellationToken cancellation)
    {
        var pod = forward.Pod;
        var (status, body) = await AskAsync(pod, forward.Service, forward.Request, dice, cancellation);
        var headers = HeaderOperations.Apply(
            new Dictionary<string, string> { ["x-envoy-upstream-service-time"] = $"{(long)options.Time.GetElapsedTime(start).TotalMilliseconds}" },
            forward.DestinationHeaders?.Response, forward.RouteHeaders?.Response);
        var response = new IngressResponse(status, body, headers);
        return (response, new(forward.Namespace, forward.Service, pod.Version ?? RequestOutcome.Unknown, response.Status, NoFlag));
    }

    /// <summary>What an application answers by itself, to somebody who does not come through a gateway.</summary>
    public async ValueTask<IngressResponse> AskAsync(PodEndpoint pod, IngressRequest request, CancellationToken cancellation)
    {
        var (status, body) = await AskAsync(pod, "", request, NextDice(), cancellation);
        return new(status, body, NoHeaders);
    }

    /// <summary>The application at a port of a pod; null when none listens there.</summary>
    public PodEndpoint? Application(string ns, string pod, int port) => topology.Application(ns, pod, port);

    private async ValueTask<(int Status, string Body)> AskAsync(
        PodEndpoint pod, string service, IngressRequest request, Dice dice, CancellationToken cancellation)
    {
        var fault = faults.Versions.GetValueOrDefault((pod.Namespace, pod.App ?? service, pod.Version ?? ""));
        if (fault is { LatencyMs: > 0 }) await Task.Delay(TimeSpan.FromMilliseconds(fault.LatencyMs), options.Time, cancellation);
        return fault is not null && dice.Next() < fault.ErrorRate ? (500, "Internal Server Error\n") : (200, Workload.Answer(pod, request));
    }

    /// <summary>Nobody waits for a copy's answer: what is left of it is what the pod's proxy reports.</summary>
    private void RecordCopy(GatewayReplica replica, RoutingDecision.Forward copy)
    {
        var fails = faults.Versions.GetValueOrDefault((copy.Namespace, copy.Pod.App ?? copy.Service, copy.Pod.Version ?? "")) is { } fault
            && NextDice().Next() < fault.ErrorRate;
        RequestReports.RecordAtDestination(
            metrics, replica, copy, new(copy.Namespace, copy.Service, copy.Pod.Version ?? RequestOutcome.Unknown, fails ? 500 : 200, NoFlag),
                TimeSpan.Zero);
    }

    private static (IngressResponse, RequestOutcome) Answer(RoutingDecision.Direct direct, GatewayReplica replica) =>
        (new(direct.Status, direct.Body, direct.Location is null ? NoHeaders : new() { ["location"] = direct.Location }),
            new(replica.Namespace, RequestOutcome.Unknown, RequestOutcome.Unknown, direct.Status, NoFlag));

    private static (IngressResponse, RequestOutcome) Refuse(int status, string body, RequestOutcome outcome) => (new(status, body, NoHeaders), outcome);
}
