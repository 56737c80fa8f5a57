using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Orchestrator.Cluster;
using Orchestrator.Cluster.Kubernetes;

namespace Orchestrator.Fakes;

/// <summary>A cluster in memory with namespace foo, service hello at v0-0-1, and a controller that rolls Deployments out at once.</summary>
internal sealed class FakeCluster : IClusterDirectory
{
    public const string Stable = "v0-0-1";
    private readonly ConcurrentDictionary<string, bool> stuck = new();
    private readonly ClusterConnection connection;

    public FakeCluster(TimeProvider? time = null)
    {
        Resources = new(time) { Controller = Control };
        Metrics = new(time);
        connection = new("default", Resources, Metrics, time ?? TimeProvider.System);
        Resources.Put(ResourceType.VirtualService, Parse("""
            {"apiVersion":"networking.istio.io/v1","kind":"VirtualService","metadata":{"name":"hello","namespace":"foo","labels":{"team":"foo"}},"spec":{"hosts":["*"],
            "gateways":["foo-gateway"],"http":[{"name":"default","match":[{"uri":{"prefix":"/foo/"}}],"route":[
            {"destination":{"host":"hello.foo.svc.cluster.local","subset":"v0-0-1","port":{"number":8080}},"weight":100}]}]}}
            """));
        Resources.Put(ResourceType.DestinationRule, Parse("""
            {"apiVersion":"networking.istio.io/v1","kind":"DestinationRule","metadata":{"name":"hello","namespace":"foo"},"spec":{
            "host":"hello.foo.svc.cluster.local","subsets":[{"name":"v0-0-1","labels":{"version":"v0-0-1"}}]}}
            """));
        Deploy(Stable);
        ObeyWeights();
    }

    public FakeResources Resources { get; }

    public FakeMetrics Metrics { get; }

    public IReadOnlyList<string> Names => ["default"];

    /// <summary>The routes and subsets of hello: spec and labels, as text.</summary>
    public string Rules => string.Join('\n', ((ResourceType[])[ResourceType.VirtualService, ResourceType.DestinationRule])
        .Select(type => Resources.Get(type, "foo", "hello")!)
        .Select(rule => $"{rule["metadata"]!["labels"]?.ToJsonString()} {rule["spec"]!.ToJsonString()}"));

    /// <summary>The weights of the default route by version.</summary>
    public IReadOnlyDictionary<string, int> Weights => Resources.Get(ResourceType.VirtualService, "foo", "hello")!["spec"]!["http"]!.AsArray()
        .Single(route => (string?)route!["name"] == "default")!["route"]!.AsArray()
        .ToDictionary(entry => (string)entry!["destination"]!["subset"]!, entry => (int?)entry!["weight"] ?? 100);

    public ClusterConnection Get(string cluster) =>
        cluster == "default" ? connection : throw new UnknownClusterException(cluster, Names);

    public JsonObject? Deployment(string version) => Resources.Get(ResourceType.Deployment, "foo", $"hello-{version}");

    /// <summary>No more pods of this version will ever be ready; its Deployment fails, or just waits.</summary>
    public void NeverReady(string version, bool fails) => stuck[version] = fails;

    /// <summary>Its pods are ready no more.</summary>
    public void Crash(string version)
    {
        NeverReady(version, fails: false);
        Refresh(version);
    }

    /// <summary>Now they are.</summary>
    public void Ready(string version)
    {
        stuck.Remove(version, out _);
        Refresh(version);
    }

    /// <summary>A Deployment that somebody else makes.</summary>
    public void Deploy(string version) => Resources.Put(ResourceType.Deployment, Parse("""
        {"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"hello-VERSION","namespace":"foo"},"spec":{"replicas":2,
        "selector":{"matchLabels":{"app":"hello","version":"VERSION"}},"template":{"metadata":{"labels":{"app":"hello","version":"VERSION"}},
        "spec":{"containers":[{"name":"hello","image":"hello:VERSION"}]}}}}
        """.Replace("VERSION", version, StringComparison.Ordinal)));

    /// <summary>Somebody has a version's Deployment ask for so many pods.</summary>
    public void Scale(string version, int replicas)
    {
        var deployment = Deployment(version)!;
        deployment["spec"]!["replicas"] = replicas;
        Resources.Put(ResourceType.Deployment, deployment);
    }

    /// <summary>The stable version gets as many requests as leave the candidate's their share; 900 while there is no candidate.</summary>
    public void ObeyWeights() => Metrics.Set(Stable, () =>
    {
        var candidate = Resources.Get(ResourceType.VirtualService, "foo", "hello")?["spec"]!["http"]!.AsArray()
            .FirstOrDefault(route => (string?)route!["name"] == "default")?["route"]!.AsArray()
            .FirstOrDefault(entry => (string)entry!["destination"]!["subset"]! != Stable);
        var weight = (double?)candidate?["weight"] ?? 100;
        return candidate is null ? 900 : Metrics.Requests((string)candidate["destination"]!["subset"]!) * (100 - weight) / weight;
    });

    private void Refresh(string version)
    {
        var deployment = Deployment(version)!;
        deployment.Remove("status");
        Resources.Put(ResourceType.Deployment, deployment);
    }

    private void Control(FakeResources resources, ResourceType type, JsonObject stored)
    {
        if (type != ResourceType.Deployment || (long?)stored["status"]?["observedGeneration"] == (long)stored["metadata"]!["generation"]!)
        {
            return;
        }

        var version = (string)stored["spec"]!["template"]!["metadata"]!["labels"]!["version"]!;
        var replicas = (int)stored["spec"]!["replicas"]!;
        var isStuck = stuck.TryGetValue(version, out var fails);
        var available = isStuck ? Math.Min(replicas, (int?)stored["status"]?["availableReplicas"] ?? 0) : replicas;
        stored["status"] = new JsonObject
        {
            ["observedGeneration"] = (long)stored["metadata"]!["generation"]!,
            ["replicas"] = replicas,
            ["updatedReplicas"] = replicas,
            ["readyReplicas"] = available,
            ["availableReplicas"] = available,
            ["conditions"] = isStuck && fails
                ? Parse("""{"c":[{"type":"Progressing","status":"False","reason":"ProgressDeadlineExceeded","message":"no progress"}]}""")["c"]!.DeepClone()
                : new JsonArray(),
        };
        for (var index = 0; index < 2; index++)
        {
            resources.Put(ResourceType.Pod, Parse("""
                {"metadata":{"name":"NAME","namespace":"foo","labels":{"app":"hello","version":"VERSION"}},"status":{"conditions":[{"type":"Ready","status":"READY"}]}}
                """.Replace("NAME", $"hello-{version}-{index}", StringComparison.Ordinal).Replace("VERSION", version, StringComparison.Ordinal)
                .Replace("READY", index < available ? "True" : "False", StringComparison.Ordinal)));
        }

        resources.Put(ResourceType.Deployment, stored);
    }

    private static JsonObject Parse(string json) => JsonNode.Parse(json)!.AsObject();
}
