using System.Text.Json.Nodes;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Domain.Traffic;

namespace Orchestrator.Cluster.Istio;

/// <summary>The copies of requests that the candidate gets from the route that serves: pure.</summary>
internal static class RouteMirror
{
    private const string Mirrors = "mirrors";

    /// <summary>Has the route send the candidate copies as the split says, beside those that others get.</summary>
    /// <exception cref="TrafficException">The route mirrors in the older way, which leaves room for one.</exception>
    public static void Set(JsonObject route, JsonObject candidate, TrafficSplit split)
    {
        var others = route.Items(Mirrors).Where(mirror => !IsCandidates(mirror, split)).Select(mirror => mirror!.DeepClone()).ToList();
        if (split.Mirror > 0)
        {
            if (route.ContainsKey("mirror"))
            {
                throw new TrafficException(
                    $"VirtualService {split.Namespace}/{split.Rule}: {StableRoute.Describe(route)} mirrors by 'mirror', beside which there is no other. "
                    + "Write it as an item of 'mirrors', or leave the step 'mirror' out.");
            }

            others.Add(new JsonObject
            {
                ["destination"] = candidate["destination"]!.DeepClone(),
                ["percentage"] = new JsonObject { ["value"] = split.Mirror },
            });
        }

        if (others.Count > 0)
        {
            route[Mirrors] = new JsonArray([.. others]);
        }
        else if (route.Items(Mirrors).Any())
        {
            route.Remove(Mirrors);
        }
    }

    private static bool IsCandidates(JsonNode? mirror, TrafficSplit split) =>
        StableRoute.IsHost(mirror.Text("destination", "host"), split.Namespace, split.Service) && mirror.Text("destination", "subset") == split.Candidate;
}
