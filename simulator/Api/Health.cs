using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Orchestrator.Simulator.Api;

/// <summary>The health checks of the API server. It listens only once it can serve, so they always hold.</summary>
internal static class Health
{
    public static void MapHealth(this IEndpointRouteBuilder endpoints)
    {
        foreach (var path in new[] { "/healthz", "/livez", "/readyz" })
            endpoints.MapGet(path, (HttpContext http) => http.Response.WriteAsync("ok"));
    }
}
