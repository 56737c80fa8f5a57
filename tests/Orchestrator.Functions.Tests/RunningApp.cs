using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Activities.Tenants;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Durable.Engine;
using Orchestrator.Durable.Engine.Triggers;
using Orchestrator.Functions.Identity;
using Orchestrator.TestKit;
using Orchestrator.Tests;

namespace Orchestrator.Functions.Tests;

/// <summary>The whole app on the embedded engine, over HTTP, on a simulated cluster of its own.</summary>
public class RunningApp : IAsyncLifetime
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private static int nodePorts = 30500;

    private readonly TemporaryDirectory data = new();
    private WebApplication? app;
    private string? kubeconfig;

    public SimulatedCluster Cluster { get; } = new();

    public HttpClient Http { get; private set; } = null!;

    public IServiceProvider Services => app!.Services;

    /// <summary>A nodePort that no other test of the cluster asks for.</summary>
    public static int FreeNodePort() => Interlocked.Increment(ref nodePorts);

    /// <summary>The spec of a tenant with one service, whose gateway is reached inside its cluster only.</summary>
    public static JsonObject InnerTenant(string tenant) => Yaml.Read($$"""
        gateway:
          service:
            type: ClusterIP
            ports: [{name: http2, port: 80, targetPort: 8080}]
        services: [{name: hello, port: 8080, prefix: /{{tenant}}/, stable: v0-0-1}]
        """);

    /// <summary>What <c>AzureWebJobsStorage</c> is set to; null: no queues.</summary>
    protected virtual string? Storage => null;

    public virtual async Task InitializeAsync()
    {
        await Cluster.InitializeAsync();
        kubeconfig = await KubeconfigAsync(data);
        await StartAsync();
    }

    /// <summary>The kubeconfig by which the app comes to its cluster; by default one that may do everything.</summary>
    protected virtual Task<string> KubeconfigAsync(TemporaryDirectory data) => Task.FromResult(Cluster.Server.KubeconfigPath);

    /// <summary>Where the app asks for the metrics of its cluster; by default at the simulated mesh itself.</summary>
    protected virtual Task<Uri> MetricsAsync() => Task.FromResult(Cluster.Server.MetricsUri);

    public virtual async Task DisposeAsync()
    {
        await StopAsync();
        await Cluster.DisposeAsync();
        data.Dispose();
    }

    public async Task StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Configuration["AzureWebJobsStorage"] = Storage;
        var hostJson = HostJson.Load(Repository.PathOf("host.json"));
        builder.Services.AddFunctions(hostJson, typeof(OrchestratorServices).Assembly, typeof(EnsureNamespace).Assembly);
        builder.Services.AddDurableEngine(engine =>
        {
            engine.StorePath = data["durable.db"];
            engine.HistoryCacheBytes = 0; // Every turn is replayed from what was stored.
        });
        builder.Services.AddOrchestrator(new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Orchestrator:Clusters:default:Kind"] = "Simulator",
            ["Orchestrator:Clusters:default:Kubeconfig"] = kubeconfig,
            ["Orchestrator:Clusters:default:Prometheus"] = (await MetricsAsync()).AbsoluteUri,
            ["Orchestrator:Clusters:west:Kind"] = "Simulator",
            ["Orchestrator:Clusters:west:Kubeconfig"] = kubeconfig,
        }).Build());
        app = builder.Build();
        app.Use((context, next) =>
        {
            context.Features.Set(HostCaller.Anybody);
            return next(context);
        });
        app.MapFunctions();
        await app.StartAsync();
        Http = new() { BaseAddress = new(app.Urls.Single()) };
    }

    public async Task StopAsync()
    {
        Http.Dispose();
        await app!.StopAsync();
        await app.DisposeAsync();
    }

    /// <summary>Deploys a version of a product, which greets by a name, in a tenant's namespace.</summary>
    public Task DeployAsync(string tenant, string service = "hello", string version = "v0-0-1", string greeting = "Foo") => Cluster.Resources.CreateAsync(
        ResourceType.Deployment,
        Yaml.Read($$"""
            metadata: {name: {{service}}-{{version}}, namespace: {{tenant}}}
            spec:
              replicas: 2
              selector: {matchLabels: {app: {{service}}, version: {{version}} } }
              template:
                metadata: {labels: {app: {{service}}, version: {{version}} } }
                spec:
                  containers:
                  - name: {{service}}
                    image: hello:{{version[1..].Replace('-', '.')}}
                    env: [{name: GREETING, value: {{greeting}} }]
                    ports: [{containerPort: 8080}]
            """),
        default);

    public Task<HttpResponseMessage> PutAsync(string path, JsonNode body) => Http.PutAsJsonAsync(path, body);

    public async Task<JsonObject> GetAsync(string path) => (await Http.GetFromJsonAsync<JsonObject>(path))!;

    /// <summary>Waits until what stands at a path is in one of the phases; the view of that moment.</summary>
    public Task<JsonObject> PhaseAsync(string path, params string[] phases) => Eventually.GetAsync(
        async () => await GetAsync(path) is var view && phases.Contains(view["phase"]!.GetValue<string>()) ? view : null,
        Deadline,
        $"{path} to be {string.Join(" or ", phases)}");

    /// <summary>Waits until a run says that it waits for something with this text in it.</summary>
    public Task<JsonObject> WaitingAsync(string path, string what) => Eventually.GetAsync(
        async () => await GetAsync(path) is var view && view["waitingFor"].Text("what")?.Contains(what, StringComparison.Ordinal) is true ? view : null,
        Deadline,
        $"{path} to wait for {what}");
}

/// <summary>The app on a cluster whose mesh was ensured over HTTP.</summary>
public class RunningAppWithMesh : RunningApp
{
    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        (await PutAsync("/api/meshes/default", new JsonObject())).EnsureSuccessStatusCode();
        await PhaseAsync("/api/meshes/default", "Ready");
    }
}
