using Orchestrator.Domain.Traffic;

namespace Orchestrator.Domain.Canaries;

/// <summary>What a canary cannot do whose service is routed by connection: nobody sees the requests in them, and so none is told apart or counted.</summary>
public static class ConnectionCanary
{
    private const string Example =
        """{"name": "…", "query": "sum(increase(istio_tcp_connections_opened_total{destination_workload_namespace=\"{{ namespace }}\",destination_version=\"{{ version }}\"}[{{ interval }}]))"}""";

    /// <summary>Why a spec does not suit the routes, with the JSON pointer of every member that is in the way; null when it does.</summary>
    public static string? Refusal(CanarySpec spec, RouteKind routes)
    {
        if (routes is RouteKind.Http)
        {
            return null;
        }

        string[] members = [.. OfRequests(spec)];
        string[] metrics = [.. Builtin(spec)];
        return (members, metrics) is ([], [])
            ? null
            : $"{spec.Tenant}/{spec.Service} is routed by connection ({routes.Member}), and nobody sees the requests in a connection."
            + (members.Length > 0 ? $" Leave out {string.Join(", ", members)}." : "")
            + (metrics.Length > 0
                ? $" Without requests there is no data for {string.Join(", ", metrics)}. Give metrics with a webhook or a query of their own, e.g. {Example}."
                : "");
    }

    private static IEnumerable<string> OfRequests(CanarySpec spec) =>
    [
        .. spec.Preview is null ? [] : (string[])["/preview"],
        .. spec.Steps.Index().Where(step => step.Item is PreviewStep or MirrorStep).Select(step => $"/steps/{step.Index}/{step.Item.Kind()}"),
        .. spec.SessionAffinity is null ? [] : (string[])["/sessionAffinity"],
        .. spec.Analysis.Comparison is null ? [] : (string[])["/analysis/comparison"],
    ];

    private static IEnumerable<string> Builtin(CanarySpec spec) =>
    [
        .. Of("/analysis/metrics", spec.Analysis.Metrics),
        .. spec.Steps.Index().SelectMany(step => Of($"/steps/{step.Index}/analyze/metrics", (step.Item as AnalyzeStep)?.Metrics)),
        .. Of("/bake/metrics", spec.Bake?.Metrics),
    ];

    private static IEnumerable<string> Of(string pointer, IReadOnlyList<MetricSpec>? metrics) =>
        (metrics ?? []).Index().Where(metric => metric.Item.IsBuiltin).Select(metric => $"{pointer}/{metric.Index} ({metric.Item.Name})");
}
