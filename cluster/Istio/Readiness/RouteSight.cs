using Orchestrator.Cluster.Kubernetes;

namespace Orchestrator.Cluster.Istio.Readiness;

/// <summary>What an answer of a gateway pod shows about a route.</summary>
public enum RouteSight
{
    /// <summary>The pod obeys the route.</summary>
    Learned,

    /// <summary>The pod does not know the route, or not the subset to which it leads.</summary>
    Missing,

    /// <summary>Nothing: the pod was not reached, or did not answer in time.</summary>
    Nothing,

    /// <summary>Nothing, and nothing ever will: the orchestrator may not ask pods.</summary>
    Forbidden,
}

/// <summary>Judges the answer to a GET on a route's prefix.</summary>
public static class RouteAnswer
{
    /// <summary>Envoy sets it on what an upstream answered, and on nothing of its own.</summary>
    private const string UpstreamHeader = "x-envoy-upstream-service-time";

    /// <remarks>
    /// An Envoy without the route answers 404 (flag <c>NR</c>), one without the cluster of the subset 503 (<c>NC</c>), both with an empty body.
    /// Everything else has followed the route, and that the product behind it is well is not asked: a tenant may be onboarded before its products
    /// are deployed (503 <c>UH</c>, "no healthy upstream"), and a product may know nothing at its prefix (its own 404, with the upstream's header).
    /// In a mesh that is told to hide Envoy's headers, a product's empty 404 or 503 looks like Envoy's.
    /// </remarks>
    public static RouteSight Judge(PodAnswer answer) => answer switch
    {
        { Refusal: not null } => IsForbidden(answer) ? RouteSight.Forbidden : RouteSight.Nothing,
        { Status: 404 or 503, Body: "" } when !IsOfUpstream(answer) => RouteSight.Missing,
        _ => RouteSight.Learned,
    };

    /// <summary>Whether the API server says that the orchestrator may not ask.</summary>
    internal static bool IsForbidden(PodAnswer answer) => answer is { Refusal: not null, Status: 401 or 403 or 405 or 501 };

    /// <summary>Whether the answer is of somebody behind the proxy.</summary>
    internal static bool IsOfUpstream(PodAnswer answer) => answer.Headers.ContainsKey(UpstreamHeader);
}
