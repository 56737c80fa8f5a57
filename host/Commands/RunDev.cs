using System.CommandLine;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orchestrator.Host.Commands.Simulate;
using Orchestrator.Host.Hosting;
using Orchestrator.Host.Input;
using Orchestrator.Host.Output;
using Orchestrator.Host.Simulation;

namespace Orchestrator.Host.Commands;

/// <summary><c>orc dev</c>: a simulated cluster, a process of its own, and the embedded host on it.</summary>
internal sealed class RunDev : Command
{
    private const string LockName = "dev.lock";

    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(10);

    private readonly Option<int> port = new("--port") { Description = "port of the API on 127.0.0.1", DefaultValueFactory = _ => 7071 };
    private readonly Option<string> data = DataDirectory.CreateOption();
    private readonly Option<bool> reset = new("--reset") { Description = "begin with an empty cluster and no instances" };
    private readonly Option<bool> queues = new("--queues") { Description = "also run Azurite, and take commands from its queue orchestrator-commands" };
    private readonly Option<int> queuePort = new("--queue-port")
    {
        Description = "port of Azurite's queues on 127.0.0.1",
        DefaultValueFactory = _ => QueueEmulator.DefaultPort,
    };

    private readonly Option<string> address = ServeSimulator.AddressOption();

    public RunDev()
        : base("dev", "Run the orchestrator on a simulated cluster; no real cluster is touched")
    {
        Add(port);
        Add(data);
        Add(reset);
        Add(queues);
        Add(queuePort);
        Add(address);
        SetAction((parsed, cancellationToken) => CommandErrors.GuardAsync(parsed, terminal => RunAsync(
            terminal,
            parsed.GetValue(port),
            parsed.GetRequiredValue(data),
            parsed.GetRequiredValue(address),
            parsed.GetValue(reset),
            parsed.GetValue(queues) ? parsed.GetValue(queuePort) : null,
            cancellationToken)));
    }

    private static async Task<int> RunAsync(
        Terminal terminal, int port, string data, string address, bool reset, int? queuePort, CancellationToken cancellationToken)
    {
        var began = TimeProvider.System.GetTimestamp();
        using var mine = DirectoryLock.TryTake(data, LockName)
            ?? throw new InputException($"another 'orc dev' runs on {data}. Stop it, or give this one a folder of its own: ./orc dev --data DIR --port PORT.");
        CheckPort(port);
        if (reset)
        {
            await DevData.ResetAsync(data, keep: LockName, cancellationToken);
        }

        var simulator = new SimulatorProcess(data, address);
        try
        {
            var record = await simulator.EnsureAsync(cancellationToken);
            await using var queues = queuePort is { } at ? await QueueEmulator.StartAsync(data, at, cancellationToken) : null;
            await using var app = EmbeddedHost.Build(
                new EmbeddedHostSettings
                {
                    Urls = $"http://127.0.0.1:{port}",
                    DataDirectory = data,
                    AsksForKeys = false,
                    Configuration = HostConfiguration.ForDev(SimulatedCluster.KubeconfigPath(data), record.Metrics, queues?.ConnectionString),
                },
                services => services.AddHostedService(provider =>
                    new SimulatorKeeper(simulator, data, provider.GetRequiredService<ILogger<SimulatorKeeper>>())));
            await app.StartAsync(cancellationToken);
            Greet(terminal, port, data, record, queues, TimeProvider.System.GetElapsedTime(began));
            await app.WaitForShutdownAsync(cancellationToken);
        }
        finally
        {
            await SimulatorRecord.StopAsync(data, StopPatience, CancellationToken.None);
        }

        return 0;
    }

    private static void CheckPort(int port)
    {
        try
        {
            using var probe = new TcpListener(IPAddress.Loopback, port);
            probe.Start();
        }
        catch (SocketException)
        {
            throw new InputException($"port {port} on 127.0.0.1 is taken. Stop what listens there, or take another: ./orc dev --port {port + 1}.");
        }
    }

    private static void Greet(Terminal terminal, int port, string data, SimulatorRecord record, QueueEmulator? queues, TimeSpan took)
    {
        using var cluster = SimulatedCluster.Open(data);
        var kubeconfig = SimulatedCluster.KubeconfigPath(data);
        terminal.WriteLine($$"""

            orc dev is ready ({{took.TotalSeconds:0.0}} s). Everything is kept in {{data}}; Ctrl-C stops it, the next start resumes.

              API          http://127.0.0.1:{{port}}/api/tenants
              instances    http://127.0.0.1:{{port}}/runtime/webhooks/durabletask/instances
              cluster      {{cluster.Server.AbsoluteUri.TrimEnd('/')}} (simulated)
              metrics      {{record.Metrics.AbsoluteUri}}metrics
              queues       {{queues?.Address.AbsoluteUri ?? "none; --queues starts Azurite"}}

            To try in a second terminal:

              ./orc demo{{(port == 7071 ? "" : $" --server http://127.0.0.1:{port}")}}
              ./orc tenants list
              kubectl --kubeconfig {{kubeconfig}} get pods -A
              ./orc simulate --help

            """);
    }
}
