using System.Diagnostics;
using System.Text.Json.Nodes;
using Orchestrator.Host.Simulation;
using Orchestrator.TestKit;

namespace Orchestrator.Host.Tests.Simulation;

public sealed class SimulatorProcessTests : IAsyncLifetime
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private readonly TemporaryDirectory folder = new();
    private readonly string address = FreePort.NextAddress();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await SimulatorRecord.StopAsync(folder.Path, TimeSpan.FromSeconds(10), CancellationToken.None);
        await Eventually.Async(() => !SimulatorRecord.IsRunning(folder.Path), Deadline, "the simulator to end");
        folder.Dispose();
    }

    [Fact]
    public async Task A_simulator_that_runs_is_found_again_and_not_started_twice()
    {
        var first = await new SimulatorProcess(folder.Path, address).EnsureAsync(CancellationToken.None);
        var second = await new SimulatorProcess(folder.Path, address).EnsureAsync(CancellationToken.None);
        Assert.Equal(first, second);
    }

    [Fact]
    public async Task A_killed_simulator_comes_back_at_the_same_address_with_the_same_objects()
    {
        var simulator = new SimulatorProcess(folder.Path, address);
        var first = await simulator.EnsureAsync(CancellationToken.None);
        using var cluster = SimulatedCluster.Open(folder.Path);
        var made = await cluster.SendAsync(HttpMethod.Post, "/api/v1/namespaces", Namespace("kept"), CancellationToken.None);

        using (var process = Process.GetProcessById(first.ProcessId))
        {
            process.Kill();
        }

        await Eventually.Async(() => !SimulatorRecord.IsRunning(folder.Path), Deadline, "the simulator to die");
        var second = await simulator.EnsureAsync(CancellationToken.None);

        Assert.NotEqual(first.ProcessId, second.ProcessId);
        Assert.Equal(first.Metrics, second.Metrics);
        using var again = SimulatedCluster.Open(folder.Path);
        Assert.Equal(cluster.Server, again.Server);
        var kept = await cluster.SendAsync(HttpMethod.Get, "/api/v1/namespaces/kept", null, CancellationToken.None);
        Assert.Equal((string?)made!["metadata"]!["uid"], (string?)kept!["metadata"]!["uid"]);
    }

    [Fact]
    public async Task A_stopped_simulator_leaves_its_directory_free()
    {
        await new SimulatorProcess(folder.Path, address).EnsureAsync(CancellationToken.None);

        await SimulatorRecord.StopAsync(folder.Path, TimeSpan.FromSeconds(30), CancellationToken.None);

        Assert.False(SimulatorRecord.IsRunning(folder.Path));
    }

    private static JsonObject Namespace(string name) => new()
    {
        ["apiVersion"] = "v1",
        ["kind"] = "Namespace",
        ["metadata"] = new JsonObject { ["name"] = name },
    };
}
