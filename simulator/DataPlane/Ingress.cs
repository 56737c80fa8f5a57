using Orchestrator.Simulator.Metrics;

namespace Orchestrator.Simulator.DataPlane;

/// <summary>Takes a request at a gateway pod, sends it where the rules say, and counts it; the one way in for real requests and generated ones.</summary>
internal sealed class Ingress(Topology topology, MeshState mesh, Faults faults, RequestCounts counts, IstioMetrics metrics, SimulatorOptions options)
{
    private const string NoFlag = RequestOutcome.NoFlag;
    private const int TimedOut = 504;

    private long requests;

    /// <summary>The gateway pods that are ready behind a port.</summary>
    public IReadOnlyList<GatewayReplica> Replicas(IngressPort port) => topology.Replicas(port);

    /// <summary>The gateway that listens at a port of a pod, if one is ready there.</summary>
    public (IngressPort Port, GatewayReplica Replica)? Gateway(string ns, string pod, int targetPort) => topology.Gateway(ns, pod, targetPort);

    /// <summary>Whether a gateway pod takes requests at a port, by the rules that it knows now.</summary>
    public bool IsListening(IngressPort port, GatewayReplica replica) => mesh.TableOf(replica, port).IsListening;

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
        var (decision, waypoint) = Pass(Router.Decide(table, mesh.UpstreamsOf(replica, port), request, dice), port, dice);
        RequestOutcome outcome;
        IngressResponse response;
        if (decision is RoutingDecision.Forward forward) (decision, response, outcome) = await ForwardAsync(replica, forward, request, dice, start, cancellation);
        else (response, outcome) = Refuse(decision, replica);
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
        return (table.IsEmpty ? decision : Router.Decide(table, mesh.UpstreamsOf(replica, port), forward.Request, dice), replica);
    }

    /// <summary>Asks a pod, and others where the route says so, and has the client wait no longer than the route says.</summary>
    /// <returns>With the pod that was asked last.</returns>
    private async ValueTask<(RoutingDecision.Forward, IngressResponse, RequestOutcome)> ForwardAsync(
        GatewayReplica replica, RoutingDecision.Forward forward, IngressRequest request, Dice dice, long start, CancellationToken cancellation)
    {
        var (route, flag) = (forward.Route, NoFlag);
        (int Status, string Body)? answer;
        for (var left = route.Retries?.Attempts ?? 0; ; left--)
        {
            var (began, rest) = (options.Time.GetTimestamp(), route.Timeout - options.Time.GetElapsedTime(start));
            var isRest = route.Retries?.PerTryTimeout is not { } perTry || rest < perTry;
            answer = await AskAsync(forward.Pod, forward.Service, forward.Request, dice, isRest ? rest : route.Retries!.PerTryTimeout, cancellation);
            RequestReports.RecordAtDestination(metrics, replica, forward, Outcome(answer?.Status ?? 0, answer is null ? "DC" : NoFlag), options.Time.GetElapsedTime(began));
            flag = answer is null ? "UT" : NoFlag;
            if ((answer is null && isRest) || route.Retries?.IsFor(answer?.Status ?? TimedOut) is not true) break;
            if (left == 0)
            {
                flag = answer is null || route.Retries.Attempts == 0 ? flag : "URX";
                break;
            }

            forward = forward with { Pod = forward.Pods[dice.Below(forward.Pods.Count)] };
        }

        if (answer is not var (status, body)) return (forward, IngressResponse.Of(TimedOut, "upstream request timeout"), Outcome(TimedOut, flag));
        var headers = new Dictionary<string, string> { ["x-envoy-upstream-service-time"] = $"{(long)options.Time.GetElapsedTime(start).TotalMilliseconds}" };
        foreach (var (name, value) in route.CorsPolicy?.Headers(request) ?? []) headers[name] = value;
        return (forward, new(status, body, HeaderOperations.Apply(headers, forward.DestinationHeaders?.Response, route.Headers?.Response)), Outcome(status, flag));

        RequestOutcome Outcome(int code, string flag) => new(forward.Namespace, forward.Service, forward.Pod.Version ?? RequestOutcome.Unknown, code, flag);
    }

    /// <summary>What an application answers by itself, to somebody who does not come through a gateway.</summary>
    public async ValueTask<IngressResponse> AskAsync(PodEndpoint pod, IngressRequest request, CancellationToken cancellation)
    {
        var (status, body) = (await AskAsync(pod, "", request, NextDice(), limit: null, cancellation))!.Value;
        return IngressResponse.Of(status, body);
    }

    /// <summary>The application at a port of a pod; null when none listens there.</summary>
    public PodEndpoint? Application(string ns, string pod, int port) => topology.Application(ns, pod, port);

    /// <returns>Null when it takes longer than the limit.</returns>
    private async ValueTask<(int Status, string Body)?> AskAsync(
        PodEndpoint pod, string service, IngressRequest request, Dice dice, TimeSpan? limit, CancellationToken cancellation)
    {
        var fault = faults.Of(pod, service);
        var latency = TimeSpan.FromMilliseconds(fault?.LatencyMs ?? 0);
        var isTooLong = latency > limit;
        var wait = isTooLong ? limit!.Value : latency;
        if (wait > TimeSpan.Zero) await Task.Delay(wait, options.Time, cancellation);
        return isTooLong ? null
            : fault is not null && dice.Next() < fault.ErrorRate ? (500, "Internal Server Error\n") : (200, Workload.Answer(pod, request));
    }

    /// <summary>Nobody waits for a copy's answer: what is left of it is what the pod's proxy reports.</summary>
    private void RecordCopy(GatewayReplica replica, RoutingDecision.Forward copy)
    {
        var fails = faults.Of(copy.Pod, copy.Service) is { } fault && NextDice().Next() < fault.ErrorRate;
        RequestReports.RecordAtDestination(
            metrics, replica, copy, new(copy.Namespace, copy.Service, copy.Pod.Version ?? RequestOutcome.Unknown, fails ? 500 : 200, NoFlag),
                TimeSpan.Zero);
    }

    private static (IngressResponse, RequestOutcome) Refuse(RoutingDecision decision, GatewayReplica replica) => decision switch
    {
        RoutingDecision.NoCluster => (IngressResponse.Of(503), RequestOutcome.Refused(decision, replica, 503)),
        RoutingDecision.NoHealthyUpstream => (IngressResponse.Of(503, "no healthy upstream"), RequestOutcome.Refused(decision, replica, 503)),
        RoutingDecision.Direct direct => (direct.Response, new(replica.Namespace, RequestOutcome.Unknown, RequestOutcome.Unknown, direct.Response.Status, NoFlag)),
        _ => (IngressResponse.Of(404), RequestOutcome.Refused(decision, replica, 404)),
    };
}
