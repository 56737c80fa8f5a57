using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Orchestrator.Simulator.Metrics;
using Prometheus;

namespace Orchestrator.Simulator.Tests;

/// <summary>A store with everything that moves by itself around it, on a loopback address and a directory of its own.</summary>
internal sealed class RunningCluster : IAsyncDisposable
{
    private static int addresses;

    private RunningCluster(SimulatorOptions options)
    {
        Options = options;
        Store = new(options.DataDirectory, options.Time);
        Metrics = new(options.Time, Scraped);
        World = new(Store, Faults, Metrics, options, NullLoggerFactory.Instance);
        World.Start();
    }

    public SimulatorOptions Options { get; }

    public ClusterStore Store { get; }

    public Faults Faults { get; } = new();

    public IstioMetrics Metrics { get; }

    /// <summary>What a Prometheus would scrape.</summary>
    public CollectorRegistry Scraped { get; } = Prometheus.Metrics.NewCustomRegistry();

    public World World { get; }

    public static RunningCluster Start(Func<SimulatorOptions, SimulatorOptions>? change = null)
    {
        var number = Interlocked.Increment(ref addresses);
        // The process id keeps test projects that run at the same time apart.
        var options = new SimulatorOptions
        {
            DataDirectory = Directory.CreateTempSubdirectory("orchestrator-simulator-").FullName,
            Address = $"127.{100 + (Environment.ProcessId % 100)}.{number / 250}.{1 + (number % 250)}",
            SailOperator = true,
            Delays = new()
            {
                Pull = Quick,
                Start = Quick,
                Probe = Quick,
                Autoscale = Quick,
                Operator = Quick,
                LoadBalancer = Quick,
                Propagation = Quick,
                PropagationSpread = TimeSpan.Zero,
            },
        };
        return new(change?.Invoke(options) ?? options);
    }

    private static TimeSpan Quick => TimeSpan.FromMilliseconds(10);

    /// <summary>Stops this cluster and starts it again from what it kept.</summary>
    public async Task<RunningCluster> RestartAsync()
    {
        await StopAsync();
        return new(Options);
    }

    public JsonObject Create(ResourceType type, string json)
    {
        var obj = JsonNode.Parse(json)!.AsObject();
        return Store.Create(type, obj);
    }

    public void CreateNamespace(string name, string labels = "{}") =>
        Create(ResourceTypes.Namespace, $$"""{ "metadata": { "name": "{{name}}", "labels": {{labels}} } }""");

    /// <summary>The shared control plane of the mission: two istiods, gateways scoped to their namespace.</summary>
    public void InstallIstio()
    {
        CreateNamespace("istio-system");
        Create(ResourceTypes.IstioOperator, """
            { "metadata": { "name": "istio-control-plane", "namespace": "istio-system" },
              "spec": { "profile": "default", "components": {
                "pilot": { "k8s": { "hpaSpec": { "minReplicas": 2 }, "env": [{ "name": "PILOT_SCOPE_GATEWAY_TO_NAMESPACE", "value": "true" }] } },
                "ingressGateways": [{ "name": "istio-ingressgateway", "enabled": false }] } } }
            """);
    }

    /// <summary>A control plane by the Sail operator, ready to inject; its namespace must be there.</summary>
    public async Task InstallSailAsync(string name = "default", string ns = "istio-system", string values = "{}", string more = "")
    {
        Create(ResourceTypes.SailIstio, $$"""
            { "metadata": { "name": "{{name}}" }, "spec": { "version": "v1.30.3", "namespace": "{{ns}}", "values": {{values}} {{more}} } }
            """);
        await Eventually.Holds(() => Status(ResourceTypes.SailIstio, "", name, "state").AsText() == "Healthy", $"Istio {name} is healthy");
        await ArmedAsync();
    }

    /// <summary>Waits until every injector can be called.</summary>
    public Task ArmedAsync() => Eventually.Holds(() => Store.List(ResourceTypes.MutatingWebhookConfiguration) is { Count: > 0 } injectors
        && injectors.All(injector => injector["webhooks"]![0]!["clientConfig"]!["caBundle"] is not null), "the injectors are armed");

    /// <summary>A tenant's gateway as the mission asks for it.</summary>
    public void CreateGateway(string tenant, int nodePort, int minReplicas = 2) => Create(ResourceTypes.IstioOperator, $$"""
        { "metadata": { "name": "{{tenant}}-ingress-gateway", "namespace": "istio-system" },
          "spec": { "profile": "empty", "components": { "ingressGateways": [
            { "name": "istio-ingress-gateway", "namespace": "{{tenant}}", "enabled": true,
              "label": { "app": "istio-ingress-gateway", "istio": "{{tenant}}-ingress" },
              "k8s": { "hpaSpec": { "minReplicas": {{minReplicas}} }, "service": { "type": "NodePort",
                "ports": [{ "name": "http2", "port": 80, "targetPort": 8080, "nodePort": {{nodePort}}, "protocol": "TCP" }] } } }] } } }
        """);

    public void CreateDeployment(string ns, string name, int replicas = 2, string image = "hello:0.0.1", string version = "v0-0-1", string app = "", string more = "") =>
        Create(ResourceTypes.Deployment, $$"""
            { "metadata": { "name": "{{name}}", "namespace": "{{ns}}" },
              "spec": { "replicas": {{replicas}}, "selector": { "matchLabels": { "app": "{{App(app, name)}}", "version": "{{version}}" } }, {{more}}
                "template": { "metadata": { "labels": { "app": "{{App(app, name)}}", "version": "{{version}}" } },
                  "spec": { "containers": [{ "name": "app", "image": "{{image}}", "env": [{ "name": "GREETING", "value": "Foo" }] }] } } } }
            """);

    public void Change(ResourceType type, string? ns, string name, Action<JsonObject> change)
    {
        // Controllers write too: take the newest until nobody was faster.
        for (; ; )
            try
            {
                var obj = Store.Get(type, ns, name);
                change(obj);
                Store.Update(type, obj);
                return;
            }
            catch (KubeException conflict) when (conflict.Code == 409)
            {
            }
    }

    public IReadOnlyList<JsonObject> Pods(string ns, string app) =>
        Store.List(ResourceTypes.Pod, ns, LabelSelector.Equal([KeyValuePair.Create("app", app)]));

    public JsonNode? Status(ResourceType type, string ns, string name, params string[] path) =>
        Store.Find(type, ns, name) is { } obj ? obj.At(["status", .. path]) : null;

    public string? Condition(ResourceType type, string ns, string name, string condition) =>
        (Status(type, ns, name, "conditions") as JsonArray ?? []).FirstOrDefault(one => one?["type"].AsText() == condition) is { } found
            ? $"{found["status"]} {found["reason"]}" : null;

    /// <summary>A tenant with its gateway on a nodePort, and <c>hello</c> in two versions behind it, by the canary's rules.</summary>
    public async Task OnboardAsync(string tenant, int nodePort, int minReplicas = 2)
    {
        if (Store.Find(ResourceTypes.Namespace, null, "istio-system") is null) InstallIstio();
        await RolledOutAsync("istio-system", "istiod", 2);
        await ArmedAsync();
        CreateNamespace(tenant, """{ "istio-injection": "enabled" }""");
        CreateGateway(tenant, nodePort, minReplicas);
        Create(ResourceTypes.Service, $$"""
            { "metadata": { "name": "hello", "namespace": "{{tenant}}" }, "spec": { "selector": { "app": "hello" }, "ports": [{ "name": "http", "port": 8080 }] } }
            """);
        CreateDeployment(tenant, "hello-v0-0-1", app: "hello");
        CreateDeployment(tenant, "hello-v0-0-2", app: "hello", version: "v0-0-2", image: "registry.example/hello:0.0.2");
        Create(ResourceTypes.Gateway, $$"""
            { "metadata": { "name": "{{tenant}}-gateway", "namespace": "{{tenant}}" },
              "spec": { "selector": { "istio": "{{tenant}}-ingress" },
                "servers": [{ "port": { "number": 80, "name": "http", "protocol": "HTTP" }, "hosts": ["./*"] }] } }
            """);
        Create(ResourceTypes.DestinationRule, $$"""
            { "metadata": { "name": "hello", "namespace": "{{tenant}}" },
              "spec": { "host": "hello", "exportTo": ["."], "subsets": [
                { "name": "v0-0-1", "labels": { "version": "v0-0-1" } }, { "name": "v0-0-2", "labels": { "version": "v0-0-2" } }] } }
            """);
        Create(ResourceTypes.VirtualService, $$"""
            { "metadata": { "name": "hello", "namespace": "{{tenant}}" },
              "spec": { "hosts": ["*"], "gateways": ["{{tenant}}-gateway"], "exportTo": ["."], "http": [
                { "match": [{ "uri": { "prefix": "/{{tenant}}/" }, "headers": { "version": { "exact": "v0-0-2" } } }],
                  "route": [{ "destination": { "host": "hello", "subset": "v0-0-2" } }] },
                { "match": [{ "uri": { "prefix": "/{{tenant}}/" } }], "route": [{ "destination": { "host": "hello", "subset": "v0-0-1" } }] }] } }
            """);
        await RolledOutAsync(tenant, "hello-v0-0-1", 2);
        await RolledOutAsync(tenant, "hello-v0-0-2", 2);
        await RolledOutAsync(tenant, "istio-ingress-gateway", minReplicas);
    }

    /// <summary>Asks the gateway on a nodePort; code 0 when it refuses.</summary>
    public async Task<(int Code, string Body)> CurlAsync(long nodePort, string path, string? version = null)
    {
        // A connection of its own, as curl has it.
        using var client = new HttpClient { BaseAddress = new($"http://{Options.Address}:{nodePort}") };
        if (version is not null) client.DefaultRequestHeaders.Add("version", version);
        try
        {
            using var response = await client.GetAsync(path);
            return ((int)response.StatusCode, await response.Content.ReadAsStringAsync());
        }
        catch (HttpRequestException)
        {
            return (0, "");
        }
    }

    /// <summary>Waits until the gateway answers a path with a code.</summary>
    public Task AnswersAsync(long nodePort, string path, int code, string? version = null) =>
        Eventually.Holds(async () => (await CurlAsync(nodePort, path, version)).Code == code, $"{nodePort}{path} answers {code}");

    public Task RolledOutAsync(string ns, string name, int replicas) => Eventually.Holds(() =>
        Store.Find(ResourceTypes.Deployment, ns, name) is { } deployment
        && deployment.At("status", "observedGeneration").AsNumber() == deployment.Generation
        && deployment.At("status", "updatedReplicas").AsNumber() == replicas
        && deployment.At("status", "replicas").AsNumber() == replicas
        && deployment.At("status", "availableReplicas").AsNumber() == replicas,
        $"{ns}/{name} has {replicas} updated and available replicas");

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Directory.Delete(Options.DataDirectory, recursive: true);
    }

    private async Task StopAsync()
    {
        await World.DisposeAsync();
        Store.Dispose();
    }

    private static string App(string app, string name) => app.Length > 0 ? app : name;
}
