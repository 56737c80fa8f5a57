using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Orchestrator.Simulator.Api;
using Prometheus;

namespace Orchestrator.Simulator.Metrics;

/// <summary>What was asked of the API server, as a real one counts it.</summary>
/// <remarks>Name and labels: kubernetes.io/docs/reference/instrumentation/metrics, <c>apiserver_request_total</c>.</remarks>
internal sealed class ApiMetrics(CollectorRegistry registry)
{
    private readonly Counter requests = Prometheus.Metrics.WithCustomRegistry(registry).CreateCounter(
        "apiserver_request_total", "Requests to the API server.", "verb", "group", "version", "resource", "subresource", "code");

    /// <summary>Counts every request about objects, with the status that it got.</summary>
    public void CountIn(IApplicationBuilder app) => app.Use(async (http, next) =>
    {
        await next(http);
        if (http.Request.IsHttps && ResourceRequest.Parse(http.Request) is { } request)
            requests.WithLabels(
                Verb(http.Request, request), request.Type.Group, request.Version, request.Type.Plural, request.Subresource ?? "",
                $"{http.Response.StatusCode}").Inc();
    });

    private static string Verb(HttpRequest http, ResourceRequest request) => request.Verb switch
    {
        "create" => "POST",
        "update" => "PUT",
        "patch" when http.ContentType?.StartsWith("application/apply-patch", StringComparison.Ordinal) is true => "APPLY",
        var verb => verb.ToUpperInvariant(),
    };
}
