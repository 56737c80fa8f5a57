using System.Diagnostics;
using System.Text.Json.Nodes;
using Orchestrator.TestKit;

namespace Orchestrator.EndToEnd.Tests;

public sealed class DevTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task Ctrl_C_stops_host_and_cluster()
    {
        await using var dev = await DevEnvironment.StartAsync();
        var simulator = dev.SimulatorId;

        await dev.InterruptAsync();

        Assert.False(IsAlive(simulator));
    }

    [Fact]
    public async Task A_killed_host_leaves_the_cluster_running_and_the_next_start_goes_on_with_it()
    {
        await using var dev = await DevEnvironment.StartAsync();
        Assert.Equal(0, (await EnsureMeshAsync(dev)).ExitCode);
        var simulator = dev.SimulatorId;

        await dev.KillHostAsync();
        Assert.True(IsAlive(simulator));
        await dev.StartHostAsync();

        Assert.Equal(simulator, dev.SimulatorId);
        var mesh = await DevEnvironment.OrcAsync(Deadline, "mesh", "get", "--server", dev.Server, "-o", "json");
        Assert.Equal("Ready", (string?)JsonNode.Parse(mesh.Output)!["phase"]);
        await dev.InterruptAsync();
        Assert.NotEqual((0, 0), HistoryAudit.Check(dev.StorePath));
    }

    [Fact]
    public async Task A_killed_cluster_is_started_again()
    {
        await using var dev = await DevEnvironment.StartAsync();
        var simulator = dev.SimulatorId;

        dev.KillSimulator();

        await Eventually.Async(() => dev.SimulatorId != simulator, Deadline, "another simulator");
        Assert.Equal(0, (await EnsureMeshAsync(dev)).ExitCode);
    }

    [Fact]
    public async Task A_taken_port_is_named_with_what_to_do()
    {
        await using var dev = await DevEnvironment.StartAsync();
        using var other = new TemporaryDirectory();

        var result = await DevEnvironment.OrcAsync(Deadline, "dev", "--port", $"{dev.Port}", "--data", other.Path, "--address", FreePort.NextAddress());

        Assert.Equal(1, result.ExitCode);
        Assert.Contains($"port {dev.Port}", result.Error);
        Assert.Contains("--port", result.Error);
    }

    [Fact]
    public async Task A_data_directory_in_use_is_named_and_its_cluster_left_alone()
    {
        await using var dev = await DevEnvironment.StartAsync();

        var result = await DevEnvironment.OrcAsync(Deadline, "dev", "--port", $"{FreePort.Next()}", "--data", dev.Data, "--reset");

        Assert.Equal(1, result.ExitCode);
        Assert.Contains(dev.Data, result.Error);
        Assert.True(IsAlive(dev.SimulatorId));
        Assert.False(dev.Host.HasExited);
    }

    private static Task<ProcessResult> EnsureMeshAsync(DevEnvironment dev) =>
        DevEnvironment.OrcAsync(Deadline, "mesh", "ensure", "-w", "--server", dev.Server);

    private static bool IsAlive(int processId)
    {
        try
        {
            using var process = Process.GetProcessById(processId);
            return !process.HasExited && !File.ReadAllText($"/proc/{processId}/stat").Contains(") Z ", StringComparison.Ordinal);
        }
        catch (Exception e) when (e is ArgumentException or IOException)
        {
            return false;
        }
    }
}
