using System.Text.Json.Nodes;

namespace Orchestrator.Simulator.Tests.GatewayApi;

public sealed class GatewayTests : IAsyncLifetime
{
    private readonly RunningCluster cluster = RunningCluster.Start();

    public async Task InitializeAsync()
    {
        cluster.CreateNamespace("istio-system");
        await cluster.InstallSailAsync(values: """{ "pilot": { "env": { "PILOT_ENABLE_AMBIENT": "true" } } }""");
        await Eventually.Holds(() => cluster.Store.List(ResourceTypes.GatewayClass).Count == 3, "the classes are there");
        cluster.CreateNamespace("foo");
    }

    public async Task DisposeAsync() => await cluster.DisposeAsync();

    [Fact]
    public async Task A_gateway_gets_its_children_and_is_programmed()
    {
        Options();
        Gateway(more: """, "infrastructure": { "labels": { "team": "foo" }, "parametersRef": { "group": "", "kind": "ConfigMap", "name": "gwopts" } }""");

        await ProgrammedAsync("foo-gateway");
        await cluster.RolledOutAsync("foo", "foo-gateway-istio", 2);

        Assert.NotNull(cluster.Store.Find(ResourceTypes.ServiceAccount, "foo", "foo-gateway-istio"));
        var service = cluster.Store.Get(ResourceTypes.Service, "foo", "foo-gateway-istio");
        Assert.Equal("NodePort", service.At("spec", "type").AsText());
        Assert.Contains(service.At("spec", "ports")!.AsArray(), port => port!["port"].AsNumber() == 80 && port["nodePort"].AsNumber() == 32180);
        Assert.Equal("foo", service.Labels!["team"]!.ToString());
        Assert.Equal(2, cluster.Store.Get(ResourceTypes.HorizontalPodAutoscaler, "foo", "foo-gateway-istio").At("spec", "minReplicas").AsNumber());
        Assert.Equal(1, cluster.Store.Get(ResourceTypes.PodDisruptionBudget, "foo", "foo-gateway-istio").At("spec", "minAvailable").AsNumber());
        var gateway = Find();
        Assert.Equal("Hostname foo-gateway-istio.foo.svc.cluster.local",
            string.Join(' ', gateway.At("status", "addresses")![0]!.AsObject().Select(member => member.Value)));
        var listener = Assert.Single(gateway.At("status", "listeners")!.AsArray())!;
        Assert.Equal("Accepted True, Conflicted False, Programmed True, ResolvedRefs True", string.Join(", ", listener["conditions"]!.AsArray()
            .Select(condition => $"{condition!["type"]} {condition["status"]}").Order(StringComparer.Ordinal)));
        Assert.All(gateway.At("status", "conditions")!.AsArray(), condition => Assert.Equal(gateway.Generation, condition!["observedGeneration"].AsNumber()));
    }

    [Fact]
    public async Task A_load_balancer_gives_the_gateway_its_address_and_takes_requests()
    {
        Gateway();
        Hello("hello", "v0-0-1");
        Route("""{ "backendRefs": [{ "name": "hello", "port": 8080 }] }""");

        await ProgrammedAsync("foo-gateway");

        var address = Assert.Single(Find().At("status", "addresses")!.AsArray())!;
        Assert.Equal("IPAddress", address["type"]!.ToString());
        Assert.Equal(address["value"]!.ToString(), cluster.Store.Get(ResourceTypes.Service, "foo", "foo-gateway-istio").At("status", "loadBalancer", "ingress")![0]!["ip"]!.ToString());
        Assert.StartsWith("127.", address["value"]!.ToString());
        await Eventually.Holds(async () => (await cluster.CurlAsync(NodePort(), "/hello")).Body == "Hello Foo 0.0.1\n", "the route leads to hello");
    }

    [Fact]
    public async Task A_route_says_how_long_a_request_may_take()
    {
        Gateway();
        Hello("hello", "v0-0-1");
        Route("""{ "timeouts": { "request": "50ms" }, "backendRefs": [{ "name": "hello", "port": 8080 }] }""");
        await ProgrammedAsync("foo-gateway");
        await Eventually.Holds(async () => (await cluster.CurlAsync(NodePort(), "/hello")).Code == 200, "the route leads to hello");

        cluster.Faults.Versions[("foo", "hello", "v0-0-1")] = new(LatencyMs: (int)TimeSpan.FromHours(1).TotalMilliseconds);

        Assert.Equal(504, (await cluster.CurlAsync(NodePort(), "/hello")).Code);
    }

    [Fact]
    public async Task Children_edited_by_hand_are_reverted_and_go_with_their_gateway()
    {
        Gateway(annotation: "NodePort");
        await ProgrammedAsync("foo-gateway");

        cluster.Change(ResourceTypes.Service, "foo", "foo-gateway-istio", service => service["spec"]!["type"] = "ClusterIP");
        await Eventually.Holds(() => cluster.Store.Get(ResourceTypes.Service, "foo", "foo-gateway-istio").At("spec", "type").AsText() == "NodePort", "it is reverted");

        cluster.Store.Delete(ResourceTypes.KubernetesGateway, "foo", "foo-gateway");
        await Eventually.Holds(() => cluster.Store.Find(ResourceTypes.Deployment, "foo", "foo-gateway-istio") is null
            && cluster.Store.Find(ResourceTypes.Service, "foo", "foo-gateway-istio") is null, "the children are gone");
    }

    [Fact]
    public async Task A_gateway_of_a_revision_that_does_not_run_stays_pending()
    {
        Gateway(labels: """{ "istio.io/rev": "canary" }""");
        Gateway("other");
        await ProgrammedAsync("other");

        Assert.Equal("Unknown Pending", cluster.Condition(ResourceTypes.KubernetesGateway, "foo", "foo-gateway", "Accepted"));
        Assert.Null(cluster.Store.Find(ResourceTypes.Deployment, "foo", "foo-gateway-istio"));
    }

    [Fact]
    public async Task Weights_matches_and_filters_steer_requests()
    {
        Gateway(annotation: "NodePort");
        Hello("hello-v0-0-1", "v0-0-1");
        Hello("hello-v0-0-2", "v0-0-2");
        Route("""
            { "matches": [{ "path": { "type": "PathPrefix", "value": "/foo" }, "headers": [{ "name": "version", "value": "v0-0-2" }] }],
              "backendRefs": [{ "name": "hello-v0-0-2", "port": 8080 }] },
            { "matches": [{ "path": { "value": "/foo" } }],
              "backendRefs": [{ "name": "hello-v0-0-1", "port": 8080, "weight": 50 }, { "name": "hello-v0-0-2", "port": 8080, "weight": 50 }] },
            { "matches": [{ "path": { "value": "/old" } }],
              "filters": [{ "type": "RequestRedirect", "requestRedirect": { "path": { "type": "ReplacePrefixMatch", "replacePrefixMatch": "/foo" }, "statusCode": 301 } }] },
            { "matches": [{ "path": { "value": "/none" } }], "backendRefs": [{ "name": "missing", "port": 8080 }] }
            """);
        await ProgrammedAsync("foo-gateway");
        await cluster.AnswersAsync(NodePort(), "/foo/hello", 200);

        Assert.Equal("Hello Foo 0.0.2\n", (await cluster.CurlAsync(NodePort(), "/foo", "v0-0-2")).Body);
        Assert.Equal(404, (await cluster.CurlAsync(NodePort(), "/foobar")).Code);
        Assert.Equal(500, (await cluster.CurlAsync(NodePort(), "/none")).Code);
        var answers = new List<string>();
        for (var i = 0; i < 40; i++) answers.Add((await cluster.CurlAsync(NodePort(), "/foo/hello")).Body);
        Assert.Equal(["Hello Foo 0.0.1\n", "Hello Foo 0.0.2\n"], answers.Distinct().Order());
        using var client = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false });
        using var redirect = await client.GetAsync($"http://{cluster.Options.Address}:{NodePort()}/old/a?b=c");
        Assert.Equal((301, "/foo/a?b=c"), ((int)redirect.StatusCode, redirect.Headers.Location!.PathAndQuery));
        Assert.Equal("True Accepted", RouteCondition("Accepted"));
        Assert.Equal("False BackendNotFound", RouteCondition("ResolvedRefs"));
    }

    [Fact]
    public async Task A_route_of_another_namespace_needs_to_be_allowed_and_its_backends_to_be_granted()
    {
        Gateway(annotation: "NodePort", allowed: """{ "namespaces": { "from": "Selector", "selector": { "matchLabels": { "routes": "yes" } } } }""");
        cluster.CreateNamespace("bar");
        Hello("hello", "v0-0-1");
        Route("""{ "backendRefs": [{ "name": "hello", "namespace": "foo", "port": 8080 }] }""", "bar", "foo");

        await Eventually.Holds(() => RouteCondition("Accepted", "bar") == "False NotAllowedByListeners", "it is refused");
        cluster.Change(ResourceTypes.Namespace, null, "bar", ns => ns.Labels!["routes"] = "yes");
        await Eventually.Holds(() => RouteCondition("Accepted", "bar") == "True Accepted", "it is accepted");
        Assert.Equal("False RefNotPermitted", RouteCondition("ResolvedRefs", "bar"));
        await cluster.AnswersAsync(NodePort(), "/", 500);
        await Eventually.Holds(() => Find().At("status", "listeners")![0]!["attachedRoutes"].AsNumber() == 1, "it is counted");

        cluster.Create(ResourceTypes.ReferenceGrant, """
            { "metadata": { "name": "bar", "namespace": "foo" }, "spec": {
              "from": [{ "group": "gateway.networking.k8s.io", "kind": "HTTPRoute", "namespace": "bar" }], "to": [{ "group": "", "kind": "Service" }] } }
            """);
        await Eventually.Holds(() => RouteCondition("ResolvedRefs", "bar") == "True ResolvedRefs", "the reference is granted");
        await cluster.AnswersAsync(NodePort(), "/", 200);
    }

    [Theory]
    [InlineData("sectionName", "\"other\"", "NoMatchingParent")]
    [InlineData("port", "81", "NoMatchingParent")]
    public async Task A_route_that_names_a_listener_there_is_not_is_refused(string member, string value, string reason)
    {
        Gateway(annotation: "NodePort");
        cluster.Create(ResourceTypes.HttpRoute, $$"""
            { "metadata": { "name": "hello", "namespace": "foo" }, "spec": { "parentRefs": [{ "name": "foo-gateway", "{{member}}": {{value}} }] } }
            """);

        await Eventually.Holds(() => RouteCondition("Accepted") == $"False {reason}", reason);
    }

    [Fact]
    public void What_the_definition_fills_in_is_filled_in()
    {
        Gateway();
        Route("""{ "backendRefs": [{ "name": "hello", "port": 8080 }] }""");

        var route = cluster.Store.Get(ResourceTypes.HttpRoute, "foo", "hello")["spec"]!;
        Assert.Equal("Gateway", route["parentRefs"]![0]!["kind"].AsText());
        Assert.Equal("""[{"path":{"type":"PathPrefix","value":"/"}}]""", route["rules"]![0]!["matches"]!.ToJsonString());
        Assert.Equal(1, route["rules"]![0]!["backendRefs"]![0]!["weight"].AsNumber());
        Assert.Equal("Same", Find().At("spec", "listeners")![0]!["allowedRoutes"]!["namespaces"]!["from"].AsText());
    }

    private long NodePort() => cluster.Store.Get(ResourceTypes.Service, "foo", "foo-gateway-istio").At("spec", "ports")!.AsArray()
        .First(port => port!["port"].AsNumber() == 80)!["nodePort"].AsNumber()!.Value;

    private JsonObject Find() => cluster.Store.Get(ResourceTypes.KubernetesGateway, "foo", "foo-gateway");

    private string? RouteCondition(string type, string ns = "foo") =>
        (cluster.Status(ResourceTypes.HttpRoute, ns, "hello", "parents") as JsonArray)?.FirstOrDefault().At("conditions") is JsonArray conditions
        && conditions.FirstOrDefault(condition => condition!["type"].AsText() == type) is { } found ? $"{found["status"]} {found["reason"]}" : null;

    private Task ProgrammedAsync(string name) => Eventually.Holds(
        () => cluster.Condition(ResourceTypes.KubernetesGateway, "foo", name, "Programmed") == "True Programmed", $"{name} is programmed");

    private void Options() => cluster.Create(ResourceTypes.ConfigMap, """
        { "metadata": { "name": "gwopts", "namespace": "foo" }, "data": {
          "service": "spec: {type: NodePort, ports: [{port: 80, nodePort: 32180}]}",
          "horizontalPodAutoscaler": "spec: {minReplicas: 2, maxReplicas: 5}", "podDisruptionBudget": "spec: {minAvailable: 1}" } }
        """);

    private void Gateway(string name = "foo-gateway", string more = "", string labels = "{}", string? annotation = null, string allowed = "{}") =>
        cluster.Create(ResourceTypes.KubernetesGateway, $$"""
            { "metadata": { "name": "{{name}}", "namespace": "foo", "labels": {{labels}},
                "annotations": { "networking.istio.io/service-type": "{{annotation ?? "LoadBalancer"}}" } },
              "spec": { "gatewayClassName": "istio" {{more}}, "listeners": [{ "name": "http", "port": 80, "protocol": "HTTP", "allowedRoutes": {{allowed}} }] } }
            """);

    private void Hello(string name, string version)
    {
        cluster.CreateDeployment("foo", name, 1, $"hello:{version[1..].Replace('-', '.')}", version, "hello");
        cluster.Create(ResourceTypes.Service, $$"""
            { "metadata": { "name": "{{name}}", "namespace": "foo" },
              "spec": { "selector": { "app": "hello", "version": "{{version}}" }, "ports": [{ "port": 8080 }] } }
            """);
    }

    private void Route(string rules, string ns = "foo", string? gatewayNamespace = null) => cluster.Create(ResourceTypes.HttpRoute, $$"""
        { "metadata": { "name": "hello", "namespace": "{{ns}}" },
          "spec": { "parentRefs": [{ "name": "foo-gateway", "namespace": "{{gatewayNamespace ?? ns}}" }], "rules": [{{rules}}] } }
        """);
}
