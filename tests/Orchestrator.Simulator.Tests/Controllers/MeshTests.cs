using System.Text.Json.Nodes;

namespace Orchestrator.Simulator.Tests.Controllers;

public sealed class MeshTests : IAsyncLifetime
{
    private readonly RunningCluster cluster = RunningCluster.Start();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await cluster.DisposeAsync();

    [Fact]
    public async Task The_operator_installs_the_control_plane_and_istiod_arms_its_webhooks()
    {
        cluster.InstallIstio();

        await cluster.RolledOutAsync("istio-system", "istiod", 2);
        await HealthAsync("istio-control-plane", "HEALTHY");
        await Eventually.Holds(() => Webhooks().Length == 6 && Webhooks().All(webhook =>
            webhook["failurePolicy"].AsText() == "Fail" && webhook["clientConfig"]!["caBundle"].AsText() is { Length: > 0 }), "all webhooks are armed");
        Assert.Null(cluster.Store.Find(ResourceTypes.Deployment, "istio-system", "istio-ingressgateway"));
        var environment = cluster.Store.Get(ResourceTypes.Deployment, "istio-system", "istiod").At("spec", "template", "spec", "containers")![0]!["env"]!.AsArray();
        Assert.Contains(environment, variable => variable!["name"]!.ToString() == "PILOT_SCOPE_GATEWAY_TO_NAMESPACE" && variable["value"]!.ToString() == "true");

        JsonObject[] Webhooks() => [.. new[] { ResourceTypes.MutatingWebhookConfiguration, ResourceTypes.ValidatingWebhookConfiguration }
            .SelectMany(type => cluster.Store.List(type)).SelectMany(configuration => configuration["webhooks"]!.AsArray()).OfType<JsonObject>()];
    }

    [Theory]
    [InlineData("virtualservices.networking.istio.io")]
    [InlineData("istiooperators.install.istio.io")]
    public void The_definition_of_a_custom_resource_is_established(string name)
    {
        var definition = cluster.Store.Get(ResourceTypes.CustomResourceDefinition, null, name);
        var established = Assert.Single(definition.At("status", "conditions")!.AsArray(), condition => condition!["type"]!.ToString() == "Established");
        Assert.Equal("True", established!["status"]!.ToString());
    }

    [Fact]
    public async Task The_root_certificate_reaches_every_namespace_and_is_put_back()
    {
        await InstalledAsync();
        cluster.CreateNamespace("foo");

        await Eventually.Holds(() => Root("foo") is { Length: > 0 }, "foo has the root certificate");
        Assert.StartsWith("-----BEGIN CERTIFICATE-----", Root("foo"));
        Assert.Equal(Root("istio-system"), Root("foo"));

        var root = Root("foo");
        cluster.Change(ResourceTypes.ConfigMap, "foo", "istio-ca-root-cert", map => map["data"] = new JsonObject());
        await Eventually.Holds(() => Root("foo") == root, "it is back");

        string? Root(string ns) => cluster.Store.Find(ResourceTypes.ConfigMap, ns, "istio-ca-root-cert").At("data", "root-cert.pem").AsText();
    }

    [Fact]
    public async Task A_gateway_stands_as_the_mission_asks()
    {
        await InstalledAsync();
        cluster.CreateNamespace("foo");

        cluster.CreateGateway("foo", 32180);

        await cluster.RolledOutAsync("foo", "istio-ingress-gateway", 2);
        await HealthAsync("foo-ingress-gateway", "HEALTHY");
        var service = cluster.Store.Get(ResourceTypes.Service, "foo", "istio-ingress-gateway");
        Assert.Equal(32180, service.At("spec", "ports")![0]!["nodePort"].AsNumber());
        Assert.Equal(2, cluster.Store.Get(ResourceTypes.HorizontalPodAutoscaler, "foo", "istio-ingress-gateway").At("spec", "minReplicas").AsNumber());
        Assert.NotNull(cluster.Store.Find(ResourceTypes.PodDisruptionBudget, "foo", "istio-ingress-gateway"));
        Assert.All(cluster.Pods("foo", "istio-ingress-gateway"), pod => Assert.Equal("foo-ingress", pod.Labels!["istio"]!.ToString()));
    }

    [Fact]
    public async Task A_node_port_that_is_taken_is_an_error_until_it_is_free()
    {
        await InstalledAsync();
        cluster.CreateNamespace("foo");
        cluster.CreateNamespace("bar");
        cluster.CreateGateway("foo", 32180);
        await HealthAsync("foo-ingress-gateway", "HEALTHY");

        cluster.CreateGateway("bar", 32180);

        await HealthAsync("bar-ingress-gateway", "ERROR");
        Assert.Contains("provided port is already allocated", cluster.Status(ResourceTypes.IstioOperator, "istio-system", "bar-ingress-gateway", "message")!.ToString());

        cluster.Store.Delete(ResourceTypes.IstioOperator, "istio-system", "foo-ingress-gateway");
        await HealthAsync("bar-ingress-gateway", "HEALTHY");
    }

    [Fact]
    public async Task A_gateway_in_a_namespace_that_is_missing_is_an_error()
    {
        await InstalledAsync();

        cluster.CreateGateway("foo", 32180);

        await HealthAsync("foo-ingress-gateway", "ERROR");
    }

    [Fact]
    public async Task With_the_operator_resource_go_its_children()
    {
        await InstalledAsync();
        cluster.CreateNamespace("foo");
        cluster.CreateGateway("foo", 32180);
        await HealthAsync("foo-ingress-gateway", "HEALTHY");

        cluster.Store.Delete(ResourceTypes.IstioOperator, "istio-system", "foo-ingress-gateway");

        await Eventually.Holds(() => cluster.Store.Find(ResourceTypes.IstioOperator, "istio-system", "foo-ingress-gateway") is null, "it is gone");
        Assert.All([ResourceTypes.Deployment, ResourceTypes.Service, ResourceTypes.HorizontalPodAutoscaler, ResourceTypes.PodDisruptionBudget],
            type => Assert.Empty(cluster.Store.List(type, "foo")));
        await Eventually.Holds(() => cluster.Store.List(ResourceTypes.Pod, "foo").Count == 0, "the pods are gone");
    }

    [Fact]
    public async Task A_new_spec_meets_a_stale_HEALTHY_first()
    {
        await InstalledAsync();
        cluster.CreateNamespace("foo");
        cluster.CreateGateway("foo", 32180);
        await HealthAsync("foo-ingress-gateway", "HEALTHY");
        var states = new List<(int? Port, string? Status)>();
        using var watch = cluster.Store.Subscribe(change =>
        {
            if (change.Type == ResourceTypes.IstioOperator && change.Object.Name == "foo-ingress-gateway")
                lock (states) states.Add((Port(change.Object), change.Object.At("status", "status").AsText()));
        });

        cluster.Change(ResourceTypes.IstioOperator, "istio-system", "foo-ingress-gateway",
            iop => iop["spec"]!["components"]!["ingressGateways"]![0]!["k8s"]!["service"]!["ports"]![0]!["nodePort"] = 32181);

        await Eventually.Holds(() => cluster.Store.Get(ResourceTypes.Service, "foo", "istio-ingress-gateway").At("spec", "ports")![0]!["nodePort"].AsNumber() == 32181,
            "the Service follows");
        await Eventually.Holds(() => States().LastOrDefault().Status == "HEALTHY" && States().Length > 1, "it is healthy again");
        Assert.Equal([(32181, "HEALTHY"), (32181, "RECONCILING"), (32181, "HEALTHY")], States());

        (int? Port, string? Status)[] States()
        {
            lock (states) return [.. states];
        }

        static int? Port(JsonObject iop) => (int?)iop["spec"]!["components"]!["ingressGateways"]![0]!["k8s"]!["service"]!["ports"]![0]!["nodePort"].AsNumber();
    }

    [Fact]
    public async Task Without_the_operator_its_resource_is_accepted_and_nothing_happens()
    {
        await using var bare = RunningCluster.Start(options => options with { IstioOperator = false });
        bare.InstallIstio();
        bare.CreateDeployment("istio-system", "other");

        await bare.RolledOutAsync("istio-system", "other", 2);

        Assert.Null(bare.Store.Find(ResourceTypes.Deployment, "istio-system", "istiod"));
        Assert.Null(bare.Store.Get(ResourceTypes.IstioOperator, "istio-system", "istio-control-plane")["status"]);
    }

    [Theory]
    [InlineData("""{ "istio-injection": "enabled" }""", "{}", true)]
    [InlineData("""{ "istio.io/rev": "default" }""", "{}", true)]
    [InlineData("{}", """{ "istio.io/rev": "default" }""", true)]
    [InlineData("{}", """{ "sidecar.istio.io/inject": "true" }""", true)]
    [InlineData("{}", "{}", false)]
    [InlineData("""{ "istio.io/rev": "canary" }""", "{}", false)]
    [InlineData("""{ "istio-injection": "disabled" }""", """{ "sidecar.istio.io/inject": "true" }""", false)]
    [InlineData("""{ "istio-injection": "enabled" }""", """{ "sidecar.istio.io/inject": "false" }""", false)]
    public async Task Injection_follows_the_labels(string namespaceLabels, string podLabels, bool injected)
    {
        await InstalledAsync();
        cluster.CreateNamespace("foo", namespaceLabels);

        var ordinary = cluster.Store.Create(ResourceTypes.Pod, Pod("ordinary", "hello:0.0.1", podLabels), dryRun: true);
        var gateway = cluster.Store.Create(ResourceTypes.Pod, Pod("gateway", "auto", podLabels, "istio-proxy", """{ "inject.istio.io/templates": "gateway" }"""), dryRun: true);

        Assert.Equal(injected ? ["app", "istio-proxy"] : ["app"], ordinary.At("spec", "containers")!.AsArray().Select(container => container!["name"]!.ToString()));
        Assert.Equal(!injected, Assert.Single(gateway.At("spec", "containers")!.AsArray())!["image"]!.ToString() == "auto");
    }

    [Fact]
    public async Task A_gateway_pod_without_injection_keeps_its_placeholder_and_never_runs()
    {
        await InstalledAsync();
        cluster.CreateNamespace("foo");

        cluster.Store.Create(ResourceTypes.Pod, Pod("gateway", "auto", "{}", "istio-proxy", """{ "inject.istio.io/templates": "gateway" }"""));

        await Eventually.Holds(() => cluster.Store.Get(ResourceTypes.Pod, "foo", "gateway").At("status", "containerStatuses")?[0]?["state"]?["waiting"]?["reason"].AsText()
            == "ImagePullBackOff", "the image cannot be pulled");
    }

    [Fact]
    public async Task Without_a_ready_istiod_pods_of_the_mesh_cannot_be_created_and_come_once_it_is_back()
    {
        await InstalledAsync();
        cluster.CreateNamespace("foo", """{ "istio-injection": "enabled" }""");
        cluster.CreateNamespace("plain");
        cluster.Faults.Deployments[("istio-system", "istiod")] = new();
        foreach (var pod in cluster.Pods("istio-system", "istiod")) cluster.Store.Delete(ResourceTypes.Pod, "istio-system", pod.Name);
        await Eventually.Holds(() => cluster.Store.List(ResourceTypes.EndpointSlice, "istio-system").All(slice => slice["endpoints"]!.AsArray().Count == 0), "no istiod serves");

        cluster.CreateDeployment("foo", "hello");
        cluster.CreateDeployment("plain", "hello");

        await cluster.RolledOutAsync("plain", "hello", 2);
        await Eventually.Holds(() => cluster.Condition(ResourceTypes.Deployment, "foo", "hello", "ReplicaFailure") == "True FailedCreate", "the failure is reported");
        var set = Assert.Single(cluster.Store.List(ResourceTypes.ReplicaSet, "foo"));
        Assert.Contains("no endpoints available for service \"istiod\"", set.At("status", "conditions")![0]!["message"]!.ToString());
        Assert.Contains(cluster.Store.List(ResourceTypes.Event, "foo"), warning => warning["reason"]!.ToString() == "FailedCreate");

        cluster.Faults.Clear();
        await cluster.RolledOutAsync("foo", "hello", 2);
        await Eventually.Holds(() => cluster.Condition(ResourceTypes.Deployment, "foo", "hello", "ReplicaFailure") is null, "the failure is over");
    }

    private async Task InstalledAsync()
    {
        cluster.InstallIstio();
        await cluster.RolledOutAsync("istio-system", "istiod", 2);
        await HealthAsync("istio-control-plane", "HEALTHY");
        await Eventually.Holds(() => cluster.Store.List(ResourceTypes.MutatingWebhookConfiguration)
            .All(configuration => configuration["webhooks"]![0]!["clientConfig"]!["caBundle"] is not null), "the injector is armed");
    }

    private Task HealthAsync(string name, string status) => Eventually.Holds(
        () => cluster.Status(ResourceTypes.IstioOperator, "istio-system", name, "status").AsText() == status, $"{name} is {status}");

    private static JsonObject Pod(string name, string image, string labels, string container = "app", string annotations = "{}") => JsonNode.Parse($$"""
        { "metadata": { "name": "{{name}}", "namespace": "foo", "labels": {{labels}}, "annotations": {{annotations}} },
          "spec": { "containers": [{ "name": "{{container}}", "image": "{{image}}" }] } }
        """)!.AsObject();
}
