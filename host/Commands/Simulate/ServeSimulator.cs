using System.CommandLine;
using Orchestrator.Host.Hosting;
using Orchestrator.Host.Input;
using Orchestrator.Host.Output;
using Orchestrator.Host.Simulation;
using Orchestrator.Simulator;

namespace Orchestrator.Host.Commands.Simulate;

/// <summary><c>orc simulate serve</c>: the simulated cluster alone.</summary>
internal sealed class ServeSimulator : Command
{
    private static readonly TimeSpan LockPatience = TimeSpan.FromSeconds(3);

    private readonly Option<string> data = DataDirectory.CreateOption();
    private readonly Option<string> address = AddressOption();
    private readonly Option<int> apiPort = new("--api-port") { Description = "port of the Kubernetes API; 0 takes the one used before, or a free one" };
    private readonly Option<int> metricsPort = new("--metrics-port") { Description = "port of the metrics; 0 takes the one used before, or a free one" };
    private readonly Option<bool> ownSession = new("--own-session") { Hidden = true };

    public ServeSimulator()
        : base("serve", "Run a simulated cluster until Ctrl-C; its state stays in the data directory")
    {
        Add(data);
        Add(address);
        Add(apiPort);
        Add(metricsPort);
        Add(ownSession);
        SetAction((parsed, cancellationToken) => CommandErrors.GuardAsync(parsed, terminal =>
        {
            if (parsed.GetValue(ownSession))
            {
                Posix.LeaveSession();
            }

            var options = new SimulatorOptions
            {
                DataDirectory = parsed.GetRequiredValue(data),
                Address = parsed.GetRequiredValue(address),
                ApiPort = parsed.GetValue(apiPort),
                MetricsPort = parsed.GetValue(metricsPort),
            };
            return RunAsync(terminal, options, cancellationToken);
        }));
    }

    public static Option<string> AddressOption() => new("--address")
    {
        Description = "loopback address of the simulated cluster's API and nodePorts",
        DefaultValueFactory = _ => "127.0.0.1",
    };

    private static async Task<int> RunAsync(Terminal terminal, SimulatorOptions options, CancellationToken cancellationToken)
    {
        using var mine = await TakeAsync(options.DataDirectory, cancellationToken)
            ?? throw new InputException($"another simulator runs on {options.DataDirectory}. Stop it, or name another folder with --data.");
        SimulatorRecord.Delete(options.DataDirectory);
        await using var server = await SimulatorServer.StartAsync(options, cancellationToken);
        new SimulatorRecord(Environment.ProcessId, server.MetricsUri).Write(options.DataDirectory);
        terminal.WriteLine($"simulated cluster at {server.ApiUri}; export KUBECONFIG={server.KubeconfigPath}");
        await Task.Delay(Timeout.Infinite, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return 0;
    }

    // Who looks whether a simulator runs holds the lock for a moment.
    private static async Task<DirectoryLock?> TakeAsync(string directory, CancellationToken cancellationToken)
    {
        var began = TimeProvider.System.GetTimestamp();
        do
        {
            if (SimulatorRecord.TryTake(directory) is { } taken)
            {
                return taken;
            }

            await Task.Delay(20, cancellationToken);
        }
        while (TimeProvider.System.GetElapsedTime(began) < LockPatience);
        return null;
    }
}
