using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Orchestrator.Simulator.Api;

namespace Orchestrator.Simulator.Control;

/// <summary>The calls that let versions fail and Deployments hang.</summary>
internal static class WorkloadFaultsApi
{
    public static void MapWorkloadFaults(this RouteGroupBuilder group, Faults faults)
    {
        group.MapPut("/faults/versions/{ns}/{app}/{version}", async (HttpContext http, string ns, string app, string version) =>
        {
            var fault = await SimulatorControl.ReadAsync<VersionFault>(http);
            if (fault.ErrorRate is not (>= 0 and <= 1)) throw KubeException.BadRequest($"errorRate {fault.ErrorRate} is not between 0 and 1");
            if (fault.LatencyMs < 0) throw KubeException.BadRequest($"latencyMs {fault.LatencyMs} is below 0");
            faults.Versions[(ns, app, version)] = fault;
            await SimulatorControl.KeepAsync(http);
        });
        group.MapDelete("/faults/versions/{ns}/{app}/{version}", (HttpContext http, string ns, string app, string version) =>
        {
            faults.Versions.TryRemove((ns, app, version), out _);
            return SimulatorControl.KeepAsync(http);
        });
        group.MapPut("/faults/deployments/{ns}/{name}", async (HttpContext http, string ns, string name) =>
        {
            faults.Deployments[(ns, name)] = await SimulatorControl.ReadAsync<DeploymentFault>(http);
            await SimulatorControl.KeepAsync(http);
        });
        group.MapDelete("/faults/deployments/{ns}/{name}", (HttpContext http, string ns, string name) =>
        {
            faults.Deployments.TryRemove((ns, name), out _);
            return SimulatorControl.KeepAsync(http);
        });
    }
}
