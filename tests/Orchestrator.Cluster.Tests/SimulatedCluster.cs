using System.Net.Http.Json;
using Orchestrator.Cluster;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Simulator;
using Orchestrator.TestKit;
using ResourceType = Orchestrator.Cluster.Kubernetes.ResourceType;

namespace Orchestrator.Tests;

/// <summary>A simulated cluster of its own for one class of tests, and the connection to it that the app would have.</summary>
public sealed class SimulatedCluster : IAsyncLifetime
{
    private static readonly TimeSpan Quick = TimeSpan.FromMilliseconds(10);

    private static int count;

    private readonly TemporaryDirectory data = new();
    private ClusterDirectory? directory;

    public SimulatorServer Server { get; private set; } = null!;

    public IClusterDirectory Directory => directory!;

    public IResources Resources => Directory.Get("default").Resources;

    public async Task InitializeAsync()
    {
        // An address of its own, so that the nodePorts of clusters that run at the same time are not each other's.
        var number = Interlocked.Increment(ref count);
        Server = await SimulatorServer.StartAsync(new()
        {
            DataDirectory = data.Path,
            Address = $"127.{210 + (Environment.ProcessId % 40)}.{Environment.ProcessId / 40 % 250}.{number}",
            Delays = new() { Pull = Quick, Start = Quick, Probe = Quick, Autoscale = Quick, Operator = Quick },
        });
        directory = new(
            new Dictionary<string, ClusterOptions>
            {
                ["default"] = new() { Kind = ClusterKind.Simulator, Kubeconfig = Server.KubeconfigPath, Prometheus = Server.MetricsUri },
            },
            TimeProvider.System);
    }

    public async Task DisposeAsync()
    {
        directory?.Dispose();
        await Server.DisposeAsync();
        data.Dispose();
    }

    /// <summary>How long gateways take, from now on, to learn a rule; they differ by the spread to either side.</summary>
    public async Task PropagateInAsync(int delayMs, int spreadMs)
    {
        using var http = new HttpClient(new HttpClientHandler
        {
            ServerCertificateCustomValidationCallback = HttpClientHandler.DangerousAcceptAnyServerCertificateValidator,
        });
        http.DefaultRequestHeaders.Authorization = new("Bearer", Server.Token);
        using var response = await http.PutAsJsonAsync(new Uri(Server.ApiUri, "simulator/propagation"), new { delayMs, spreadMs });
        response.EnsureSuccessStatusCode();
    }

    /// <summary>Installs the Sail operator, which the cluster does not begin with, and waits until it runs.</summary>
    public async Task InstallSailAsync()
    {
        await Resources.CreateAsync(
            ResourceType.Deployment,
            Yaml.Read("""
                metadata: {name: sail, namespace: kube-system, labels: {app.kubernetes.io/component: sail-operator}}
                spec:
                  replicas: 1
                  selector: {matchLabels: {app: sail}}
                  template: {metadata: {labels: {app: sail}}, spec: {containers: [{name: sail, image: sail:1}]}}
                """),
            CancellationToken.None);
        await Eventually.Async(
            async () => (await Resources.GetAsync(ResourceType.Deployment, "kube-system", "sail", CancellationToken.None)).Number("status", "availableReplicas") == 1,
            TimeSpan.FromSeconds(20),
            "Sail to run");
    }

    /// <summary>What people read of an object: everything but what the server counts and notes about writes.</summary>
    public async Task<string?> TextAsync(ResourceType type, string? ns, string name)
    {
        var found = await Resources.GetAsync(type, ns, name, CancellationToken.None);
        foreach (var counted in (string[])["resourceVersion", "generation", "managedFields"])
        {
            found?["metadata"]!.AsObject().Remove(counted);
        }

        return found?.ToJsonString();
    }
}
