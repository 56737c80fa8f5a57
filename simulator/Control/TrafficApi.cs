using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Simulator.Api;
using Orchestrator.Simulator.DataPlane;

namespace Orchestrator.Simulator.Control;

/// <summary>The calls about what gateways do: how late they learn, what they are asked, what they answered.</summary>
internal static class TrafficApi
{
    /// <summary>More than one process can send here.</summary>
    private const double MaxRequestsPerSecond = 5000;

    public static void MapTraffic(this RouteGroupBuilder group, World world)
    {
        group.MapGet("/propagation", (HttpContext http) => Answer(http, world.Mesh.Propagation));
        group.MapPut("/propagation", async (HttpContext http) =>
        {
            var change = await SimulatorControl.ReadAsync<PropagationChange>(http);
            if (change.DelayMs < 0) throw KubeException.BadRequest($"delayMs {change.DelayMs} is below 0");
            if (change.SpreadMs < 0) throw KubeException.BadRequest($"spreadMs {change.SpreadMs} is below 0");
            var now = world.Mesh.Propagation;
            world.Mesh.Propagation = new(change.DelayMs ?? now.DelayMs, change.SpreadMs ?? now.SpreadMs);
            Scenario(http).Keep();
            await Answer(http, world.Mesh.Propagation);
        });
        group.MapGet("/load/{ns}/{service}", (HttpContext http, string ns, string service) =>
            world.Load.Find(ns, service) is var (load, requests)
                ? Answer(http, new { load.RequestsPerSecond, load.Path, load.Host, Requests = requests })
                : throw new KubeException(404, "NotFound", $"there is no load on {ns}/{service}: set one with PUT"));
        group.MapPut("/load/{ns}/{service}", async (HttpContext http, string ns, string service) =>
        {
            var change = await SimulatorControl.ReadAsync<LoadChange>(http);
            var before = world.Load.Find(ns, service)?.Load;
            var load = new Load(change.RequestsPerSecond ?? before?.RequestsPerSecond ?? 10, change.Path ?? before?.Path ?? $"/{ns}/{service}", change.Host ?? before?.Host);
            if (load.RequestsPerSecond is not (> 0 and <= MaxRequestsPerSecond))
                throw KubeException.BadRequest($"requestsPerSecond {load.RequestsPerSecond} is not above 0 and up to {MaxRequestsPerSecond}");
            if (!load.Path.StartsWith('/')) throw KubeException.BadRequest($"path \"{load.Path}\" does not begin with /");
            await world.Load.SetAsync(ns, service, load);
            Scenario(http).Keep();
            await Answer(http, load);
        });
        group.MapDelete("/load/{ns}/{service}", async (HttpContext http, string ns, string service) =>
        {
            await world.Load.RemoveAsync(ns, service);
            await SimulatorControl.KeepAsync(http);
        });
        group.MapGet("/requests", (HttpContext http, string? ns, string? service) => Answer(http, new { Requests = world.Requests.List(ns, service) }));
        group.MapGet("/findings", (HttpContext http) => Answer(http, new { world.Findings }));
    }

    private static Scenario Scenario(HttpContext http) => http.RequestServices.GetRequiredService<Scenario>();

    private static Task Answer<T>(HttpContext http, T body) => http.Response.WriteAsJsonAsync(body, SimulatorControl.Wire);

    private sealed record PropagationChange(int? DelayMs = null, int? SpreadMs = null);

    private sealed record LoadChange(double? RequestsPerSecond = null, string? Path = null, string? Host = null);
}
