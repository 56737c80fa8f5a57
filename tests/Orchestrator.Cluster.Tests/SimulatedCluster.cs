using System.Net.Http.Json;
using Orchestrator.Cluster;
using Orchestrator.Cluster.Istio.Readiness;
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

    /// <summary>Makes a control plane of Sail's serve ambient, as those do who look after the cluster, and runs a ztunnel.</summary>
    /// <param name="istio">The Istio, and its revision.</param>
    public async Task ServeAmbientAsync(string istio = "default")
    {
        await Resources.ApplyAsAsync(
            "admin",
            ResourceType.Istio,
            Yaml.Read($"{{apiVersion: sailoperator.io/v1, kind: Istio, metadata: {{name: {istio}}}, spec: {{version: v1.30.3, namespace: istio-system, profile: ambient}}}}"),
            CancellationToken.None);
        if (await Resources.GetAsync(ResourceType.Pod, "istio-system", "ztunnel", CancellationToken.None) is null)
        {
            await Resources.CreateAsync(
                ResourceType.Pod,
                Yaml.Read("""
                    metadata: {name: ztunnel, namespace: istio-system, labels: {app: ztunnel, sidecar.istio.io/inject: "false"}}
                    spec: {containers: [{name: istio-proxy, image: ztunnel:1.30.3}]}
                    """),
                CancellationToken.None);
        }

        var istiod = istio == "default" ? "istiod" : $"istiod-{istio}";
        await Eventually.Async(
            async () => (Rollout.Missing(istiod, await Resources.GetAsync(ResourceType.Deployment, "istio-system", istiod, CancellationToken.None), 1)
                ?? await AmbientMesh.LackingAsync(Resources, istio, CancellationToken.None)) is { } missing
                ? throw new InvalidOperationException(missing)
                : true,
            TimeSpan.FromSeconds(20),
            "the mesh to serve ambient");
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
