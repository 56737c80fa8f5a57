using System.Text.Json.Nodes;
using Orchestrator.Simulator;
using Orchestrator.TestKit;

namespace Orchestrator.Host.Tests.Commands;

/// <summary>The verbs of <c>orc simulate</c> against a real simulated cluster.</summary>
public sealed class SimulateTests : IAsyncLifetime
{
    private readonly TemporaryDirectory folder = new();
    private SimulatorServer simulator = null!;

    public async Task InitializeAsync() => simulator = await SimulatorServer.StartAsync(new SimulatorOptions { DataDirectory = folder.Path });

    public async Task DisposeAsync()
    {
        await simulator.DisposeAsync();
        folder.Dispose();
    }

    [Fact]
    public async Task Faults_are_set_listed_and_cleared()
    {
        await HoldsAsync("fault", "api", "patch", "virtualservices", "--status", "429", "--retry-after", "2", "--count", "3");

        Assert.Equal(new ApiFault(429, 2, 3), simulator.Faults.Api[("patch", "virtualservices")]);
        Assert.Contains("virtualservices", (await HoldsAsync("faults")).ToJsonString());

        await HoldsAsync("faults", "--clear");
        Assert.Empty(simulator.Faults.Api);
    }

    [Fact]
    public async Task A_refusal_is_shown_with_its_reason()
    {
        var result = await Orc.RunAsync("simulate", "fault", "api", "patch", "virtualservices", "--status", "418", "--data", folder.Path);

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("418", result.Error);
    }

    [Fact]
    public async Task A_directory_without_a_cluster_is_named_with_what_to_do()
    {
        var result = await Orc.RunAsync("simulate", "faults", "--data", folder["elsewhere"]);

        Assert.Equal(1, result.ExitCode);
        Assert.Contains(folder["elsewhere"], result.Error);
        Assert.Contains("./orc dev", result.Error);
    }

    [Fact]
    public async Task A_duration_that_is_none_is_a_usage_error()
    {
        var result = await Orc.RunAsync("simulate", "fault", "version", "foo", "echo", "v0-0-3", "--latency", "soon", "--data", folder.Path);

        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains("--latency", result.Error);
        Assert.Empty(simulator.Faults.Versions);
    }

    private async Task<JsonNode> HoldsAsync(params string[] arguments)
    {
        var result = await Orc.RunAsync(["simulate", .. arguments, "--data", folder.Path]);
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        return result.Output.Length > 0 ? JsonNode.Parse(result.Output)! : new JsonObject();
    }
}
