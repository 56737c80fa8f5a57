using System.Text.RegularExpressions;
using Orchestrator.Domain.Canaries;
using Orchestrator.Domain.Tenants;
using Orchestrator.Domain.Traffic;

namespace Orchestrator.Cluster.Metrics;

/// <summary>
/// The builtin queries, over Istio's standard metrics (https://istio.io/latest/docs/reference/config/metrics/) as the destination's proxy reports
/// them, or in ambient, where it has none, the waypoint before it: one version of one service, over one window.
/// </summary>
/// <param name="Namespace">The tenant's namespace.</param>
/// <param name="Service">The service.</param>
/// <param name="DataPlane">What carries its requests.</param>
public sealed record IstioQueries(string Namespace, string Service, DataPlane DataPlane)
{
    /// <summary>The requests that a version answered within the window; where the routes divide connections, those that it was given.</summary>
    public string Requests(string version, TimeSpan window, RouteKind routes = RouteKind.Http) =>
        $"sum(increase({(routes is RouteKind.Http ? "istio_requests_total" : "istio_tcp_connections_opened_total")}{{{Selector(version)}}}[{QueryTemplate.Range(window)}]))";

    /// <summary>The query of a builtin metric.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such metric.</exception>
    public string Of(string metric, string version, TimeSpan window)
    {
        var (selector, range) = (Selector(version), QueryTemplate.Range(window));
        return metric switch
        {
            // Without a single good answer the numerator has no series: the vector makes that zero, not nothing.
            MetricSpec.SuccessRate =>
                $"100 * (sum(rate(istio_requests_total{{{selector},response_code!~\"5..\"}}[{range}])) or vector(0)) / sum(rate(istio_requests_total{{{selector}}}[{range}]))",
            MetricSpec.LatencyP99 =>
                $"histogram_quantile(0.99, sum by (le)(rate(istio_request_duration_milliseconds_bucket{{{selector}}}[{range}])))",
            MetricSpec.EdgeErrors =>
                $"sum(rate(istio_requests_total{{{Gateway},response_flags=~\".*(NR|NC|UH|UF).*\"}}[{range}])) or vector(0)",
            _ => throw new ArgumentOutOfRangeException(nameof(metric), metric, $"Known are {string.Join(", ", MetricSpec.Known)}."),
        };
    }

    /// <summary>The requests that a version answered within the window, by the upper bound <c>le</c> of their response time, in milliseconds.</summary>
    public string Buckets(string version, TimeSpan window) =>
        $"sum by (le)(increase(istio_request_duration_milliseconds_bucket{{{Selector(version)}}}[{QueryTemplate.Range(window)}]))";

    /// <remarks>Whichever the tenant's gateway is: a canary does not depend on its mode.</remarks>
    private string Gateway =>
        $"reporter=\"source\",source_workload=~\"{string.Join('|', TenantNames.Gateways(Namespace).Select(name => QueryTemplate.Escape(Regex.Escape(name))))}\","
        + $"source_workload_namespace=\"{QueryTemplate.Escape(Namespace)}\"";

    /// <remarks>An HTTPRoute leads to the Service of the version, Istio's own routes to that of all.</remarks>
    private string Selector(string version) =>
        $"reporter=\"{(DataPlane is DataPlane.Ambient ? "waypoint" : "destination")}\",destination_workload_namespace=\"{QueryTemplate.Escape(Namespace)}\","
        + $"destination_service_name=~\"{QueryTemplate.Escape(Regex.Escape(Service))}(-{QueryTemplate.Escape(Regex.Escape(version))})?\","
        + $"destination_version=\"{QueryTemplate.Escape(version)}\"";
}
