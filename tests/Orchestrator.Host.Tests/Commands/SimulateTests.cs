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
        await HoldsAsync("fault", "version", "foo", "echo", "v0-0-3", "--error-rate", "0.2", "--latency", "300ms");
        await HoldsAsync("fault", "deployment", "foo", "echo-v0-0-3");
        await HoldsAsync("fault", "api", "patch", "virtualservices", "--status", "429", "--retry-after", "2", "--count", "3");

        Assert.Equal(new VersionFault(0.2, 300), simulator.Faults.Versions[("foo", "echo", "v0-0-3")]);
        Assert.True(simulator.Faults.Deployments[("foo", "echo-v0-0-3")].NeverReady);
        Assert.Equal(new ApiFault(429, 2, 3), simulator.Faults.Api[("patch", "virtualservices")]);
        Assert.Contains("echo", (await HoldsAsync("faults")).ToJsonString());
        await HoldsAsync("fault", "api", "create", "services", "--effect", "loseAnswer", "--delay", "2s", "--namespace", "foo", "--probability", "0.5");
        Assert.Equal(new ApiFault(Probability: 0.5) { Effect = ApiFaultEffect.LoseAnswer, DelayMs = 2000 }, simulator.Faults.Api[new("create", "services", "foo")]);

        await HoldsAsync("fault", "version", "foo", "echo", "v0-0-3", "--clear");
        Assert.Empty(simulator.Faults.Versions);
        Assert.NotEmpty(simulator.Faults.Api);

        await HoldsAsync("faults", "--clear");
        Assert.Empty(simulator.Faults.Api);
        Assert.Empty(simulator.Faults.Deployments);
    }

    [Fact]
    public async Task Propagation_is_changed_in_part_and_shown()
    {
        await HoldsAsync("propagation", "--delay", "2s");
        await HoldsAsync("propagation", "--spread", "50ms");

        Assert.Equal("""{"delayMs":2000,"spreadMs":50}""", (await HoldsAsync("propagation")).ToJsonString());
    }

    [Fact]
    public async Task Load_is_switched_on_shown_and_switched_off()
    {
        await HoldsAsync("load", "foo", "echo", "--rate", "5", "--path", "/echo/");

        Assert.Equal(5, (double?)(await HoldsAsync("load", "foo", "echo"))["requestsPerSecond"]);

        await HoldsAsync("load", "foo", "echo", "--clear");
        Assert.Equal(1, (await Orc.RunAsync("simulate", "load", "foo", "echo", "--data", folder.Path)).ExitCode);
    }

    [Fact]
    public async Task Requests_are_counted() => Assert.Equal("""{"requests":[]}""", (await HoldsAsync("requests", "foo", "echo")).ToJsonString());

    [Fact]
    public async Task A_refusal_is_shown_with_its_reason()
    {
        var result = await Orc.RunAsync("simulate", "fault", "version", "foo", "echo", "v0-0-3", "--error-rate", "7", "--data", folder.Path);

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("errorRate", result.Error);
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
