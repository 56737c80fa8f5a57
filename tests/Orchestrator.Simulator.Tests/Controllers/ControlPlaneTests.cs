using System.Text.Json.Nodes;

namespace Orchestrator.Simulator.Tests.Controllers;

public sealed class ControlPlaneTests : IAsyncLifetime
{
    private const string Selectors = """{ "meshConfig": { "discoverySelectors": [{ "matchLabels": { "mesh": "MESH" } }] } }""";

    private readonly RunningCluster cluster = RunningCluster.Start();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await cluster.DisposeAsync();

    [Fact]
    public async Task Sail_installs_a_control_plane_and_says_when_it_is_ready()
    {
        cluster.CreateNamespace("istio-system");

        await cluster.InstallSailAsync(values: """{ "pilot": { "autoscaleMin": 2, "autoscaleMax": 5, "env": { "PILOT_SCOPE_GATEWAY_TO_NAMESPACE": "true" } } }""");

        await cluster.RolledOutAsync("istio-system", "istiod", 2);
        var istio = cluster.Store.Get(ResourceTypes.SailIstio, null, "default");
        Assert.Equal(istio.Generation, istio.At("status", "observedGeneration").AsNumber());
        Assert.Equal("True Reconciled", cluster.Condition(ResourceTypes.SailIstio, "", "default", "Reconciled"));
        Assert.Equal("True Ready", cluster.Condition(ResourceTypes.SailIstio, "", "default", "Ready"));
        Assert.Equal("default", istio.At("status", "activeRevisionName").AsText());
        Assert.Equal("istio-system", cluster.Store.Get(ResourceTypes.SailIstioRevision, null, "default").At("spec", "namespace").AsText());
        var environment = cluster.Store.Get(ResourceTypes.Deployment, "istio-system", "istiod").At("spec", "template", "spec", "containers")![0]!["env"]!.AsArray();
        Assert.Contains(environment, variable => variable!["name"]!.ToString() == "PILOT_SCOPE_GATEWAY_TO_NAMESPACE");

        cluster.Store.Delete(ResourceTypes.SailIstio, null, "default");
        await Eventually.Holds(() => cluster.Store.Find(ResourceTypes.Deployment, "istio-system", "istiod") is null
            && cluster.Store.List(ResourceTypes.MutatingWebhookConfiguration).Count == 0, "everything goes with it");
    }

    [Fact]
    public async Task A_control_plane_without_its_namespace_is_an_error_until_the_namespace_is_there()
    {
        cluster.Create(ResourceTypes.SailIstio, """{ "metadata": { "name": "default" }, "spec": { "version": "v1.30.3" } }""");

        await Eventually.Holds(() => cluster.Status(ResourceTypes.SailIstio, "", "default", "state").AsText() == "ReconcileError", "it is an error");
        cluster.CreateNamespace("istio-system");
        await Eventually.Holds(() => cluster.Status(ResourceTypes.SailIstio, "", "default", "state").AsText() == "Healthy", "it is healthy");
    }

    [Fact]
    public async Task A_new_version_by_revision_stands_beside_the_old_one_until_nobody_uses_it()
    {
        cluster.CreateNamespace("istio-system");
        await cluster.InstallSailAsync(more: """, "updateStrategy": { "type": "RevisionBased", "inactiveRevisionDeletionGracePeriodSeconds": 0 }""");
        await cluster.RolledOutAsync("istio-system", "istiod-default-v1-30-3", 1);
        cluster.CreateNamespace("foo", """{ "istio.io/rev": "default-v1-30-3" }""");
        await Eventually.Holds(() => cluster.Condition(ResourceTypes.SailIstioRevision, "", "default-v1-30-3", "InUse") == "True ReferencedByWorkloads", "it is in use");

        cluster.Change(ResourceTypes.SailIstio, null, "default", istio => istio["spec"]!["version"] = "v1.30.2");
        await cluster.RolledOutAsync("istio-system", "istiod-default-v1-30-2", 1);
        Assert.NotNull(cluster.Store.Find(ResourceTypes.SailIstioRevision, null, "default-v1-30-3"));

        cluster.Change(ResourceTypes.Namespace, null, "foo", ns => ns.Labels!["istio.io/rev"] = "default-v1-30-2");
        await Eventually.Holds(() => cluster.Store.Find(ResourceTypes.Deployment, "istio-system", "istiod-default-v1-30-3") is null, "the old one is retired");
    }

    [Fact]
    public async Task Control_planes_with_selectors_keep_their_roots_and_their_proxies_apart()
    {
        await MeshAsync("default", "istio-system", Selectors.Replace("MESH", "shared"));
        await MeshAsync("foo", "foo-system", Selectors.Replace("MESH", "foo"));
        cluster.CreateNamespace("bar", """{ "mesh": "shared", "istio-injection": "enabled" }""");
        cluster.CreateNamespace("foo", """{ "mesh": "foo", "istio.io/rev": "foo" }""");
        cluster.CreateNamespace("none");

        cluster.CreateDeployment("bar", "hello");
        cluster.CreateDeployment("foo", "hello");
        await cluster.RolledOutAsync("bar", "hello", 2);
        await cluster.RolledOutAsync("foo", "hello", 2);

        Assert.Equal(Certificate("istio-system"), Root("bar"));
        Assert.Equal(Certificate("foo-system"), Root("foo"));
        Assert.NotEqual(Root("foo"), Root("bar"));
        Assert.Null(Root("none"));
        Assert.All(cluster.Pods("foo", "hello"), pod => Assert.Equal("foo", pod.At("metadata", "annotations", "istio.io/rev").AsText()));
    }

    [Fact]
    public async Task A_gateway_knows_the_rules_of_the_namespaces_its_control_plane_sees_and_no_others()
    {
        await MeshAsync("foo", "foo-system", Selectors.Replace("MESH", "foo"));
        cluster.CreateNamespace("foo", """{ "mesh": "foo", "istio.io/rev": "foo" }""");
        cluster.CreateNamespace("bar");
        cluster.CreateDeployment("foo", "hello", 1);
        cluster.Create(ResourceTypes.Service, """
            { "metadata": { "name": "hello", "namespace": "foo" }, "spec": { "selector": { "app": "hello" }, "ports": [{ "port": 8080 }] } }
            """);
        cluster.Create(ResourceTypes.KubernetesGateway, """
            { "metadata": { "name": "open", "namespace": "foo", "annotations": { "networking.istio.io/service-type": "NodePort" } }, "spec": { "gatewayClassName": "istio",
              "listeners": [{ "name": "http", "port": 80, "protocol": "HTTP", "allowedRoutes": { "namespaces": { "from": "All" } } }] } }
            """);
        Route("foo");
        Route("bar");
        await cluster.RolledOutAsync("foo", "open-istio", 1);
        var port = cluster.Store.Get(ResourceTypes.Service, "foo", "open-istio").At("spec", "ports")!.AsArray().First(port => port!["port"].AsNumber() == 80)!["nodePort"].AsNumber()!.Value;

        await cluster.AnswersAsync(port, "/foo", 200);
        Assert.Equal(404, (await cluster.CurlAsync(port, "/bar")).Code);
        cluster.Change(ResourceTypes.Namespace, null, "bar", ns => ns.Labels!["mesh"] = "foo");
        await cluster.AnswersAsync(port, "/bar", 500);

        void Route(string ns) => cluster.Create(ResourceTypes.HttpRoute, $$"""
            { "metadata": { "name": "hello", "namespace": "{{ns}}" }, "spec": { "parentRefs": [{ "name": "open", "namespace": "foo" }],
              "rules": [{ "matches": [{ "path": { "value": "/{{ns}}" } }], "backendRefs": [{ "name": "hello", "port": 8080 }] }] } }
            """);
    }

    [Fact]
    public async Task Control_planes_without_selectors_overwrite_each_others_root_and_no_new_proxy_gets_ready()
    {
        await MeshAsync("default", "istio-system", "{}");
        await MeshAsync("foo", "foo-system", "{}");
        cluster.CreateNamespace("foo", """{ "istio.io/rev": "foo" }""");
        var roots = new HashSet<string>();
        using var watch = cluster.Store.Subscribe(change =>
        {
            if (change.Type == ResourceTypes.ConfigMap && change.Object.Namespace == "foo" && change.Object.Name == "istio-ca-root-cert")
                lock (roots) roots.Add(change.Object.At("data", "root-cert.pem").AsText()!);
        });

        cluster.CreateDeployment("foo", "hello", 1);

        await Eventually.Holds(() =>
        {
            lock (roots) return roots.Count == 2;
        }, "both roots were there");
        var pod = Assert.Single(cluster.Pods("foo", "hello"));
        Assert.Equal("Running", pod.At("status", "phase").AsText());
        Assert.Equal("False ContainersNotReady", cluster.Condition(ResourceTypes.Pod, "foo", pod.Name, "Ready"));

        // The way out of mesh.md: selectors that do not overlap.
        Scope("default", "shared");
        Scope("foo", "foo");
        cluster.Change(ResourceTypes.Namespace, null, "foo", ns => ns.Labels!["mesh"] = "foo");
        await cluster.RolledOutAsync("foo", "hello", 1);

        void Scope(string istio, string mesh) => cluster.Change(ResourceTypes.SailIstio, null, istio,
            obj => obj["spec"]!["values"] = JsonNode.Parse(Selectors.Replace("MESH", mesh)));
    }

    [Theory]
    [InlineData("", "unauthorized", "x509: certificate signed by unknown authority")]
    [InlineData("bm90IGEgY2VydGlmaWNhdGU=", "wrong", "x509: certificate signed by unknown authority")]
    public async Task An_injector_with_a_bundle_that_is_not_its_servers_stops_pods(string bundle, string name, string message)
    {
        cluster.CreateNamespace("istio-system");
        await cluster.InstallSailAsync();
        cluster.CreateNamespace("foo");
        cluster.Create(ResourceTypes.MutatingWebhookConfiguration, $$"""
            { "metadata": { "name": "{{name}}" }, "webhooks": [{ "name": "x.istio.io", "sideEffects": "None", "admissionReviewVersions": ["v1"], "failurePolicy": "Fail",
              "clientConfig": { "caBundle": "{{bundle}}", "service": { "name": "istiod-foreign", "namespace": "istio-system", "path": "/inject" } },
              "rules": [{ "apiGroups": [""], "apiVersions": ["v1"], "resources": ["pods"], "operations": ["CREATE"] }] }] }
            """);
        Assert.Contains("service \"istiod-foreign\" not found", Refusal().Message);

        // As istiod serves under its own name alone, it does not mend this one.
        cluster.Change(ResourceTypes.MutatingWebhookConfiguration, null, name, configuration =>
        {
            configuration["webhooks"]![0]!["clientConfig"]!["service"]!["name"] = "istiod-alias";
        });
        cluster.Create(ResourceTypes.Service, """
            { "metadata": { "name": "istiod-alias", "namespace": "istio-system" }, "spec": { "selector": { "app": "istiod" }, "ports": [{ "port": 443, "targetPort": 15017 }] } }
            """);
        await Eventually.Holds(() => Refusal().Message.Contains(message, StringComparison.Ordinal), message);

        KubeException Refusal() => Assert.Throws<KubeException>(() => cluster.Store.Create(ResourceTypes.Pod,
            JsonNode.Parse("""{ "metadata": { "name": "a", "namespace": "foo" }, "spec": { "containers": [{ "name": "a", "image": "a:1" }] } }""")!.AsObject(), dryRun: true));
    }

    [Fact]
    public async Task The_validator_refuses_while_istiod_serves_and_stops_writes_while_it_is_gone()
    {
        cluster.CreateNamespace("istio-system");
        cluster.CreateNamespace("foo");
        var wrong = JsonNode.Parse("""{ "metadata": { "name": "a", "namespace": "foo" }, "spec": { "hosts": ["a"], "http": [{}] } }""")!.AsObject();
        cluster.Store.Create(ResourceTypes.VirtualService, wrong, dryRun: true);

        await cluster.InstallSailAsync();
        await Eventually.Holds(() => cluster.Store.List(ResourceTypes.ValidatingWebhookConfiguration)
            .All(configuration => configuration["webhooks"]![0]!["failurePolicy"].AsText() == "Fail"), "the validators refuse");
        var refusal = Assert.Throws<KubeException>(() => cluster.Store.Create(ResourceTypes.VirtualService, wrong, dryRun: true));
        Assert.Contains("admission webhook \"validation.istio.io\" denied the request", refusal.Message);

        cluster.Faults.Deployments[("istio-system", "istiod")] = new();
        foreach (var pod in cluster.Pods("istio-system", "istiod")) cluster.Store.Delete(ResourceTypes.Pod, "istio-system", pod.Name);
        await Eventually.Holds(() => Assert.Throws<KubeException>(() => cluster.Store.Create(ResourceTypes.VirtualService, wrong, dryRun: true)).Code == 500, "writes fail");
    }

    private async Task MeshAsync(string name, string ns, string values)
    {
        cluster.CreateNamespace(ns, $$"""{ "mesh": "{{(name == "default" ? "shared" : name)}}" }""");
        await cluster.InstallSailAsync(name, ns, values);
    }

    private string? Root(string ns) => cluster.Store.Find(ResourceTypes.ConfigMap, ns, "istio-ca-root-cert").At("data", "root-cert.pem").AsText();

    private string Certificate(string ns) => System.Text.Encoding.ASCII.GetString(
        Convert.FromBase64String(cluster.Store.Get(ResourceTypes.Secret, ns, "istio-ca-secret").At("data", "ca-cert.pem").AsText()!));
}
