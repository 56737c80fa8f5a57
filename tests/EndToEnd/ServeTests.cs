using Orchestrator.TestKit;

namespace Orchestrator.EndToEnd.Tests;

/// <summary><c>orc serve</c> on a cluster that it did not start, here a simulated one.</summary>
public sealed class ServeTests : IAsyncLifetime
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(1);

    private readonly TemporaryDirectory folder = new();
    private readonly List<RunningProcess> processes = [];

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (var process in processes)
        {
            await process.DisposeAsync();
        }

        folder.Dispose();
    }

    [Fact]
    public async Task A_server_asks_for_the_key_that_it_keeps_and_never_shows()
    {
        await StartAsync("simulated cluster at", "simulate", "serve", "--data", folder["cluster"], "--address", FreePort.NextAddress());
        var server = $"http://127.0.0.1:{FreePort.Next()}";
        var host = await StartAsync(
            "orc serves", "serve", "--urls", server, "--data", folder["host"], "--kubeconfig", folder["cluster", "kubeconfig"]);
        var key = (await File.ReadAllTextAsync(folder["host", "key"])).Trim();

        var withFile = await OrcAsync(folder["host"], "mesh", "ensure", "--server", server, "-w");
        var without = await OrcAsync(folder["elsewhere"], "mesh", "get", "--server", server);
        var withOption = await OrcAsync(folder["elsewhere"], "mesh", "get", "--server", server, "--key", key);

        Assert.True(withFile.ExitCode == 0, withFile.Output + withFile.Error);
        Assert.Equal(1, without.ExitCode);
        Assert.Contains("--key", without.Error);
        Assert.Equal(0, withOption.ExitCode);
        Assert.DoesNotContain(key, host.Output + host.Error + withFile.Output + withOption.Output);
    }

    private static Task<ProcessResult> OrcAsync(string data, params string[] arguments) => RunningProcess.RunAsync(
        "dotnet", [DevEnvironment.Dll, .. arguments], Deadline, environment: new Dictionary<string, string?> { ["ORC_DATA"] = data, ["ORC_KEY"] = null });

    private async Task<RunningProcess> StartAsync(string ready, params string[] arguments)
    {
        var process = RunningProcess.Start("dotnet", [DevEnvironment.Dll, .. arguments]);
        processes.Add(process);
        await Eventually.Async(() => process.Output.Contains(ready, StringComparison.Ordinal) || process.HasExited, Deadline, ready);
        Assert.False(process.HasExited, process.Output + process.Error);
        return process;
    }
}
