using System.Text.Json.Nodes;

namespace Orchestrator.Simulator.Tests.GatewayApi;

public sealed class WaypointTests : IAsyncLifetime
{
    private const int NodePort = 32380;

    private readonly RunningCluster cluster = RunningCluster.Start();

    public async Task InitializeAsync()
    {
        cluster.CreateNamespace("istio-system");
        await cluster.InstallSailAsync(more: """, "profile": "ambient" """);
        cluster.Create(ResourceTypes.Pod, """
            { "metadata": { "name": "ztunnel", "namespace": "istio-system", "labels": { "app": "ztunnel", "sidecar.istio.io/inject": "false" } },
              "spec": { "containers": [{ "name": "istio-proxy", "image": "ztunnel:1.30.3" }] } }
            """);
        await Eventually.Holds(() => cluster.Condition(ResourceTypes.Pod, "istio-system", "ztunnel", "Ready")?.StartsWith("True", StringComparison.Ordinal) == true, "the ztunnel is ready");
        cluster.CreateNamespace("foo", """{ "istio.io/dataplane-mode": "ambient", "istio.io/use-waypoint": "waypoint" }""");
        cluster.CreateDeployment("foo", "hello-v0-0-1", 1, app: "hello");
        cluster.CreateDeployment("foo", "hello-v0-0-2", 1, "hello:0.0.2", "v0-0-2", "hello");
        Service("hello", "");
        Service("hello-v0-0-1", """, "version": "v0-0-1" """);
        Service("hello-v0-0-2", """, "version": "v0-0-2" """);
        cluster.Create(ResourceTypes.ConfigMap, $$"""
            { "metadata": { "name": "gwopts", "namespace": "foo" }, "data": { "service": "spec: {type: NodePort, ports: [{port: 80, nodePort: {{NodePort}}}]}" } }
            """);
        cluster.Create(ResourceTypes.KubernetesGateway, """
            { "metadata": { "name": "foo-gateway", "namespace": "foo" }, "spec": { "gatewayClassName": "istio",
              "infrastructure": { "parametersRef": { "group": "", "kind": "ConfigMap", "name": "gwopts" } }, "listeners": [{ "name": "http", "port": 80, "protocol": "HTTP" }] } }
            """);
        Route("hello", """{ "name": "foo-gateway" }""", """{ "name": "hello", "port": 8080 }""");
    }

    public async Task DisposeAsync() => await cluster.DisposeAsync();

    [Fact]
    public async Task A_waypoint_is_programmed_and_its_services_are_bound_to_it()
    {
        Assert.NotEqual("True WaypointAccepted", Bound());

        Waypoint();

        await Eventually.Holds(() => cluster.Condition(ResourceTypes.KubernetesGateway, "foo", "waypoint", "Programmed") == "True Programmed", "it is programmed");
        await Eventually.Holds(() => Bound() == "True WaypointAccepted", "the Service is bound");
        var service = cluster.Store.Get(ResourceTypes.Service, "foo", "waypoint");
        Assert.Equal("ClusterIP", service.At("spec", "type").AsText());
        Assert.Contains(service.At("spec", "ports")!.AsArray(), port => port!["port"].AsNumber() == 15008);
        await Eventually.Holds(() => cluster.Pods("foo", "hello").All(pod =>
            pod.At("metadata", "annotations", "ambient.istio.io/redirection").AsText() == "enabled"), "the pods are part of the mesh");
        Assert.All(cluster.Pods("foo", "hello"), pod => Assert.Single(pod.At("spec", "containers")!.AsArray()));
    }

    [Fact]
    public async Task No_pod_becomes_part_of_the_mesh_where_no_ztunnel_runs()
    {
        cluster.Store.Delete(ResourceTypes.Pod, "istio-system", "ztunnel");

        cluster.CreateDeployment("foo", "late", 1);
        await cluster.RolledOutAsync("foo", "late", 1);

        Assert.Null(Assert.Single(cluster.Pods("foo", "late")).At("metadata", "annotations", "ambient.istio.io/redirection"));
    }

    [Fact]
    public async Task Ingress_goes_by_the_waypoint_only_when_it_is_told_to()
    {
        await cluster.AnswersAsync(NodePort, "/", 200);
        Waypoint();
        Route("at-the-waypoint", """{ "group": "", "kind": "Service", "name": "hello" }""", """{ "name": "hello-v0-0-2", "port": 8080 }""");
        await Eventually.Holds(() => Bound() == "True WaypointAccepted", "the Service is bound");
        await AnsweredByAsync(["Hello Foo 0.0.1\n", "Hello Foo 0.0.2\n"]);
        Assert.DoesNotContain("waypoint", await MetricsAsync());

        cluster.Change(ResourceTypes.Service, "foo", "hello", service => service.Metadata["labels"] = new JsonObject { ["istio.io/ingress-use-waypoint"] = "true" });

        await Eventually.Holds(async () =>
        {
            for (var i = 0; i < 10; i++)
                if ((await cluster.CurlAsync(NodePort, "/")).Body != "Hello Foo 0.0.2\n") return false;
            return true;
        }, "the waypoint's route holds");
        Assert.Contains("reporter=\"waypoint\"", await MetricsAsync());

        cluster.Store.Delete(ResourceTypes.KubernetesGateway, "foo", "waypoint");
        await cluster.AnswersAsync(NodePort, "/", 503);
        await Eventually.Holds(() => Bound() == "False WaypointMissing", "the Service is bound no longer");
    }

    private string? Bound() => cluster.Condition(ResourceTypes.Service, "foo", "hello", "istio.io/WaypointBound");

    private Task AnsweredByAsync(string[] answers) => Eventually.Holds(async () =>
    {
        var seen = new HashSet<string>();
        for (var i = 0; i < 30; i++) seen.Add((await cluster.CurlAsync(NodePort, "/")).Body);
        return seen.SetEquals(answers);
    }, "the Service's pods answer");

    private async Task<string> MetricsAsync()
    {
        using var text = new MemoryStream();
        await cluster.Scraped.CollectAndExportAsTextAsync(text);
        return System.Text.Encoding.UTF8.GetString(text.ToArray());
    }

    private void Waypoint() => cluster.Create(ResourceTypes.KubernetesGateway, """
        { "metadata": { "name": "waypoint", "namespace": "foo", "labels": { "istio.io/waypoint-for": "service" } },
          "spec": { "gatewayClassName": "istio-waypoint", "listeners": [{ "name": "mesh", "port": 15008, "protocol": "HBONE" }] } }
        """);

    private void Service(string name, string selector) => cluster.Create(ResourceTypes.Service, $$"""
        { "metadata": { "name": "{{name}}", "namespace": "foo" }, "spec": { "selector": { "app": "hello" {{selector}} }, "ports": [{ "port": 8080 }] } }
        """);

    private void Route(string name, string parent, string backend) => cluster.Create(ResourceTypes.HttpRoute, $$"""
        { "metadata": { "name": "{{name}}", "namespace": "foo" }, "spec": { "parentRefs": [{{parent}}], "rules": [{ "backendRefs": [{{backend}}] }] } }
        """);
}
