using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Domain.Traffic;

namespace Orchestrator.Cluster.Istio.Readiness;

/// <summary>Judges what a gateway pod answers who is asked with the token of a run.</summary>
public static class ProofAnswer
{
    /// <summary>What an answer shows of a write of the run, and why.</summary>
    /// <remarks>
    /// The mark is set on what the candidate answers, whatever that is. Without it, an Envoy that does not know the route has either sent the request where the
    /// others go, or answers an empty 404; one that knows it, and not the subset or a healthy pod of it, answers 503 itself. An AuthorizationPolicy or a limit of
    /// rates stands before the routes, and its answer says nothing of them.
    /// </remarks>
    /// <param name="answer">The answer.</param>
    /// <param name="mark">The mark of the write that is to be obeyed; null when no route of the run is left in it.</param>
    public static (RouteSight Sight, string Why) Judge(PodAnswer answer, string? mark)
    {
        var found = answer.Headers.GetValueOrDefault(TrafficProof.Header);
        return answer switch
        {
            { Refusal: { } refusal } => (RouteAnswer.IsForbidden(answer) ? RouteSight.Forbidden : RouteSight.Nothing, refusal),
            { Status: 503 } when !RouteAnswer.IsOfUpstream(answer) => (
                mark is null ? RouteSight.Nothing : RouteSight.Missing, "503, no such subset, or no healthy pod of it"),
            { Status: 401 or 403 or 429 } when found is null && !RouteAnswer.IsOfUpstream(answer) => (
                RouteSight.Nothing, $"{answer.Status} from something before its routes"),
            _ when found == mark => (RouteSight.Learned, ""),
            { Status: 404 } when found is null && !RouteAnswer.IsOfUpstream(answer) => (RouteSight.Missing, "404, no route"),
            _ => (RouteSight.Missing, "obeys an earlier rule"),
        };
    }
}
