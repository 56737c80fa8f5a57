using System.Text.Json;
using Orchestrator.Simulator.Api;
using Orchestrator.Simulator.DataPlane;

namespace Orchestrator.Simulator.Control;

/// <summary>What the simulation was told to do wrong and to send, on disk: a cluster that was killed comes back with the same weather.</summary>
internal sealed class Scenario(SimulatorOptions options, Faults faults, World world)
{
    private readonly Lock writing = new();

    private string File => Path.Combine(options.DataDirectory, "scenario.json");

    /// <summary>Writes down what is set now.</summary>
    public void Keep()
    {
        lock (writing)
        {
            var now = new Kept(
                [.. faults.Versions.Select(entry => new KeptVersion(entry.Key.Namespace, entry.Key.App, entry.Key.Version, entry.Value))],
                [.. faults.Deployments.Select(entry => new KeptDeployment(entry.Key.Namespace, entry.Key.Name, entry.Value))],
                [.. faults.Api.Select(entry => new KeptApi(entry.Key, entry.Value))],
                world.Mesh.Propagation,
                [.. world.Load.All().Select(entry => new KeptLoad(entry.Namespace, entry.Service, entry.Load))]);
            PrivateFile.Write(File, JsonSerializer.Serialize(now, SimulatorControl.Wire));
        }
    }

    /// <summary>Sets again what a previous process had written down.</summary>
    public async Task RestoreAsync()
    {
        if (!System.IO.File.Exists(File)) return;
        var kept = JsonSerializer.Deserialize<Kept>(await System.IO.File.ReadAllTextAsync(File), SimulatorControl.Wire)!;
        foreach (var version in kept.Versions) faults.Versions[(version.Namespace, version.App, version.Version)] = version.Fault;
        foreach (var deployment in kept.Deployments) faults.Deployments[(deployment.Namespace, deployment.Name)] = deployment.Fault;
        foreach (var api in kept.Api) faults.Api[api.Target] = api.Fault;
        world.Mesh.Propagation = kept.Propagation;
        foreach (var load in kept.Loads) await world.Load.SetAsync(load.Namespace, load.Service, load.Load);
    }

    private sealed record Kept(
        IReadOnlyList<KeptVersion> Versions,
        IReadOnlyList<KeptDeployment> Deployments,
        IReadOnlyList<KeptApi> Api,
        Propagation Propagation,
        IReadOnlyList<KeptLoad> Loads);

    private sealed record KeptVersion(string Namespace, string App, string Version, VersionFault Fault);

    private sealed record KeptDeployment(string Namespace, string Name, DeploymentFault Fault);

    private sealed record KeptApi(FaultTarget Target, ApiFault Fault);

    private sealed record KeptLoad(string Namespace, string Service, Load Load);
}
