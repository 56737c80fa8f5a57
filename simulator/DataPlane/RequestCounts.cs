using System.Collections.Concurrent;

namespace Orchestrator.Simulator.DataPlane;

/// <summary>What is told apart when requests are counted.</summary>
/// <param name="Namespace">Of the Service; of the gateway when no route was found.</param>
/// <param name="Service">The Service the route names; <c>unknown</c> without a route.</param>
/// <param name="Version">Label <c>version</c> of the pod that answered; the subset meant when none did; else <c>unknown</c>.</param>
/// <param name="Code">HTTP status code; 0 when the connection was refused, and for one that carries no HTTP.</param>
/// <param name="Flag">Envoy's response flag; <c>-</c> when nothing is wrong.</param>
public sealed record RequestOutcome(string Namespace, string Service, string Version, int Code, string Flag)
{
    public const string Unknown = "unknown";

    public const string NoFlag = "-";

    /// <summary>What never reached a pod.</summary>
    /// <param name="decision">Why not.</param>
    /// <param name="replica">The gateway pod that it came to.</param>
    /// <param name="code">What it was answered; 0 for a connection, which is closed.</param>
    public static RequestOutcome Refused(RoutingDecision decision, GatewayReplica replica, int code) => decision switch
    {
        RoutingDecision.NoCluster missing => new(missing.Namespace, missing.Service, missing.Subset ?? Unknown, code, "NC"),
        RoutingDecision.NoHealthyUpstream empty => new(empty.Namespace, empty.Service, empty.Subset ?? Unknown, code, "UH"),
        _ => new(replica.Namespace, Unknown, Unknown, code, "NR"),
    };
}

/// <summary>How often an outcome was seen.</summary>
public sealed record RequestCount(string Namespace, string Service, string Version, int Code, string Flag, long Count);

/// <summary>Requests by outcome since the process started.</summary>
internal sealed class RequestCounts
{
    private readonly ConcurrentDictionary<RequestOutcome, long> counts = new();

    public void Add(RequestOutcome outcome) => counts.AddOrUpdate(outcome, 1, static (_, count) => count + 1);

    /// <summary>The counts, in a stable order.</summary>
    public IEnumerable<RequestCount> List(string? ns = null, string? service = null) =>
        from entry in counts.ToArray()
        where (ns is null || entry.Key.Namespace == ns) && (service is null || entry.Key.Service == service)
        orderby entry.Key.Namespace, entry.Key.Service, entry.Key.Version, entry.Key.Code, entry.Key.Flag
        select new RequestCount(entry.Key.Namespace, entry.Key.Service, entry.Key.Version, entry.Key.Code, entry.Key.Flag, entry.Value);
}
