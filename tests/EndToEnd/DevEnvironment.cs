using System.Diagnostics;
using System.Text.Json.Nodes;
using Orchestrator.TestKit;

namespace Orchestrator.EndToEnd.Tests;

/// <summary>An <c>orc dev</c> with a data directory, a port and a loopback address of its own, whose processes can be killed and started again.</summary>
internal sealed class DevEnvironment(string[] options) : IAsyncDisposable
{
    public static readonly string Dll = Path.Combine(AppContext.BaseDirectory, "orc.dll");
    private static readonly TimeSpan StartDeadline = TimeSpan.FromMinutes(1);

    private readonly TemporaryDirectory folder = new();
    private RunningProcess? host;

    public string Data => folder["data"];
    public string Address { get; } = FreePort.NextAddress();
    public int Port { get; } = FreePort.Next();
    public string Server => $"http://127.0.0.1:{Port}";
    public string StorePath => Path.Combine(Data, "orchestrator.db");
    public RunningProcess Host => host ?? throw new InvalidOperationException("The host has not been started.");

    /// <summary>The process of the simulated cluster, as it says itself.</summary>
    public int SimulatorId => (int)JsonNode.Parse(File.ReadAllText(Path.Combine(Data, "simulator.json")))!["ProcessId"]!;

    /// <param name="options">Further options of <c>orc dev</c>.</param>
    public static async Task<DevEnvironment> StartAsync(params string[] options)
    {
        var environment = new DevEnvironment(options);
        await environment.StartHostAsync();
        return environment;
    }

    /// <summary>Runs any command of <c>orc</c> to its end.</summary>
    public static Task<ProcessResult> OrcAsync(TimeSpan deadline, params IEnumerable<string> arguments) =>
        RunningProcess.RunAsync("dotnet", [Dll, .. arguments], deadline);

    /// <summary>Starts <c>orc dev</c> and waits until it says that it is ready.</summary>
    /// <param name="crashAt">The named place of the engine, and how often it is reached, at which the process dies by SIGKILL; null for none.</param>
    public async Task StartHostAsync(string? crashAt = null)
    {
        string[] crash = crashAt is null ? [] : [$"ORC_CRASH_AT={crashAt}"];

        // Runs go on with a new history as often as they can, so that some kills meet that.
        const string turns = "Orchestrator__Canaries__TurnsPerHistory=2";

        // A shell's background job hands an ignored SIGINT on to its children, and .NET honours that: Ctrl-C must count here.
        host = RunningProcess.Start(
            "env", ["--default-signal=INT", turns, .. crash, "dotnet", Dll, "dev", "--port", $"{Port}", "--data", Data, "--address", Address, .. options]);
        await Eventually.Async(() => host.Output.Contains("is ready", StringComparison.Ordinal) || host.HasExited, StartDeadline, "orc dev to be ready");
        Assert.False(host.HasExited, $"orc dev ended:\n{host.Output}\n{host.Error}");
    }

    /// <summary>Starts <c>orc demo</c> against this environment.</summary>
    public RunningProcess StartDemo() => RunningProcess.Start("dotnet", [Dll, "demo", "--server", Server, "--data", Data]);

    /// <summary>Kills the host with SIGKILL; the simulator lives on.</summary>
    public async Task KillHostAsync()
    {
        Host.Kill();
        await Host.WaitForExitAsync(StartDeadline);
    }

    /// <summary>Kills the simulator with SIGKILL.</summary>
    public void KillSimulator()
    {
        try
        {
            using var process = Process.GetProcessById(SimulatorId);
            process.Kill();
        }
        catch (Exception e) when (e is ArgumentException or FileNotFoundException or System.Text.Json.JsonException)
        {
            // It is dead already, or just being started again.
        }
    }

    /// <summary>Kills the queues with SIGKILL, if there are any.</summary>
    public void KillQueues()
    {
        try
        {
            using var process = Process.GetProcessById(int.Parse(File.ReadAllText(Path.Combine(Data, "azurite", "azurite.pid"))));
            process.Kill();
        }
        catch (Exception e) when (e is ArgumentException or IOException)
        {
            // There are none, or they are gone.
        }
    }

    /// <summary>Ends the host as Ctrl-C does, and waits for it.</summary>
    public async Task<int> InterruptAsync()
    {
        await RunningProcess.RunAsync("kill", ["-INT", $"{Host.Id}"], StartDeadline);
        return (await Host.WaitForExitAsync(StartDeadline)).ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (host is not null)
        {
            if (!host.HasExited)
            {
                await InterruptAsync();
            }

            await host.DisposeAsync();
        }

        KillSimulator();
        KillQueues();
        folder.Dispose();
    }
}
