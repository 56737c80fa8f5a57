using System.Net;
using System.Text.Json.Nodes;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.TestKit;

namespace Orchestrator.Functions.Tests.Tenants;

/// <summary>Tenants whose gateway is one of the Gateway API, made and kept by istiod.</summary>
public sealed class GatewayApiTenantTests(RunningAppWithMesh app) : IClassFixture<RunningAppWithMesh>
{
    private const string Hello = "{name: hello, prefix: /foo/, stable: v0-0-1}";

    private async Task<JsonObject> PutAsync(string tenant, string type, string ports, string services = Hello, int minReplicas = 2)
    {
        var spec = Yaml.Read($$"""
            gateway:
              mode: gatewayApi
              minReplicas: {{minReplicas}}
              service: {type: {{type}}, ports: [{{ports}}]}
            services: [{{services}}]
            readiness: {timeout: 60s}
            """);
        Assert.Equal(HttpStatusCode.Accepted, (await app.PutAsync($"/api/tenants/{tenant}", spec)).StatusCode);
        return await app.PhaseAsync($"/api/tenants/{tenant}", "Ready", "RolledBack", "Failed");
    }

    private Task<JsonObject?> GetAsync(ResourceType type, string tenant, string name) => app.Cluster.Resources.GetAsync(type, tenant, name, default);

    [Theory]
    [InlineData("NodePort")]
    [InlineData("LoadBalancer")]
    [InlineData("ClusterIP")]
    public async Task A_gateway_has_the_Service_that_is_asked_for_and_tells_where_it_is_reached(string type)
    {
        var tenant = type.ToLowerInvariant();

        var view = await PutAsync(tenant, type, "{name: http2, port: 80}, {name: tls, port: 443}");

        Assert.Equal("Ready", view.Text("phase"));
        var service = await GetAsync(ResourceType.Service, tenant, $"{tenant}-gateway-istio");
        Assert.Equal(type, service.Text("spec", "type"));
        Assert.Equal(
            ["status-port 15021 15021", "http2 80 8080", "tls 443 8443"],
            service.Items("spec", "ports").Select(port => $"{port.Text("name")} {port.Number("port")} {port.Number("targetPort")}"));
        var address = type switch
        {
            "NodePort" => app.Cluster.Server.ApiUri.Host,
            "LoadBalancer" => service.Items("status", "loadBalancer", "ingress").Single().Text("ip"),
            _ => service.Text("spec", "clusterIP"),
        };
        Assert.Equal(address, view["gateway"]!["addresses"]![0]!.GetValue<string>());
        Assert.Equal(type is "ClusterIP", view["gateway"]!["ports"]![0]!["nodePort"] is null);
        Assert.Null(await GetAsync(ResourceType.VirtualService, tenant, "hello"));
        Assert.Null(await GetAsync(ResourceType.Gateway, tenant, $"{tenant}-gateway"));
        Assert.Null(await GetAsync(ResourceType.DestinationRule, tenant, "hello"));
    }

    [Fact]
    public async Task An_update_changes_ports_replicas_and_services_and_takes_away_what_is_no_longer_wanted()
    {
        var (first, second) = (RunningApp.FreeNodePort(), RunningApp.FreeNodePort());
        await PutAsync("changing", "NodePort", $"{{name: http2, port: 80, nodePort: {first} }}", $"{Hello}, {{name: echo, prefix: /echo/, stable: v1}}");

        var view = await PutAsync(
            "changing", "NodePort", $"{{name: http2, port: 80, nodePort: {first} }}, {{name: http-b, port: 8000, nodePort: {second} }}",
            "{name: hello, prefix: /moved/, stable: v0-0-1}, {name: other, prefix: /other/, stable: v3}", minReplicas: 3);

        Assert.Equal("Ready", view.Text("phase"));
        Assert.Equal("retired-routes Done", view.Steps().Last());
        var gateway = await GetAsync(ResourceType.KubernetesGateway, "changing", "changing-gateway");
        Assert.Equal([80L, 8000L], gateway.Items("spec", "listeners").Select(listener => listener.Number("port")));
        Assert.Equal(3, (await GetAsync(ResourceType.Deployment, "changing", "changing-gateway-istio")).Number("status", "availableReplicas"));
        var routes = await app.Cluster.Resources.ListAsync(ResourceType.HttpRoute, "changing", null, default);
        Assert.Equal(["hello", "other"], routes.Select(route => route.Name).Order(StringComparer.Ordinal));
        Assert.Equal(
            "/moved", routes.Single(route => route.Name == "hello").Items("spec", "rules").Single().Items("matches").Single().Text("path", "value"));
        var services = await app.Cluster.Resources.ListAsync(ResourceType.Service, "changing", null, default);
        Assert.Equal(
            ["changing-gateway-istio", "hello", "hello-v0-0-1", "other", "other-v3"],
            services.Select(service => service.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task What_others_change_is_drift_and_is_repaired_but_for_where_the_requests_go()
    {
        await PutAsync("bent", "ClusterIP", "{name: http2, port: 80}");
        var resources = app.Cluster.Resources;
        Assert.False((await app.GetAsync("/api/tenants/bent/drift"))["drifted"]!.GetValue<bool>());
        await resources.PatchAsync(
            ResourceType.ConfigMap, "bent", "bent-gateway-options", Yaml.Read("{data: {podDisruptionBudget: 'spec: {minAvailable: 0}'}}"), default);
        await resources.PatchAsync(
            ResourceType.KubernetesGateway,
            "bent",
            "bent-gateway",
            Yaml.Read("spec: {listeners: [{name: http, port: 80, protocol: HTTP, allowedRoutes: {namespaces: {from: All}}}]}"),
            default);
        await resources.DeleteAsync(ResourceType.Service, "bent", "hello-v0-0-1", null, default);
        await resources.PatchAsync(
            ResourceType.HttpRoute,
            "bent",
            "hello",
            Yaml.Read("""
                spec:
                  hostnames: [elsewhere.example]
                  parentRefs: [{group: gateway.networking.k8s.io, kind: Gateway, name: another-gateway}]
                  rules:
                  - matches: [{path: {type: PathPrefix, value: /bent}}]
                    backendRefs: [{name: hello-v0-0-2, port: 8080, weight: 100}]
                """),
            default);

        var drift = await app.GetAsync("/api/tenants/bent/drift");
        Assert.Equal(
            [
                "ConfigMap bent/bent-gateway-options data.podDisruptionBudget",
                "Gateway bent/bent-gateway spec.listeners[name=http].allowedRoutes.namespaces.from",
                "Service bent/hello-v0-0-2 ",
                "HTTPRoute bent/hello spec.parentRefs[name=bent-gateway]",
                "HTTPRoute bent/hello spec.rules[0].matches[0].path.value",
                "HTTPRoute bent/hello spec.hostnames",
            ],
            drift["fields"]!.AsArray().Select(field => $"{field.Text("object")} {field.Text("field")}"));

        Assert.Equal(HttpStatusCode.Accepted, (await app.Http.PostAsync("/api/tenants/bent/repair", null)).StatusCode);
        var repaired = await app.PhaseAsync("/api/tenants/bent", "Ready", "Failed");

        Assert.Equal((null, "Ready"), (repaired.Text("reason"), repaired.Text("phase")));
        Assert.False((await app.GetAsync("/api/tenants/bent/drift"))["drifted"]!.GetValue<bool>());
        var route = (await GetAsync(ResourceType.HttpRoute, "bent", "hello"))!;
        Assert.Equal("hello-v0-0-2", route.Items("spec", "rules").Single().Items("backendRefs").Single().Text("name"));
    }

    [Fact]
    public async Task A_tenant_leaves_in_order_and_nothing_of_it_stays_in_a_namespace_that_stays()
    {
        await app.Cluster.Resources.CreateAsync(
            ResourceType.Namespace, Yaml.Read("{metadata: {name: leaving, labels: {orchestrator/tenant: leaving}}}"), default);
        await PutAsync("leaving", "NodePort", $"{{name: http2, port: 80, nodePort: {RunningApp.FreeNodePort()} }}");

        await app.Http.DeleteAsync("/api/tenants/leaving");
        var view = await app.PhaseAsync("/api/tenants/leaving", "Offboarded", "Failed");

        Assert.Equal(["routes Done", "gateway Done", "namespace Done"], view.Steps());
        Assert.NotNull(await GetAsync(ResourceType.Namespace, null!, "leaving"));
        foreach (var type in (ResourceType[])[ResourceType.HttpRoute, ResourceType.KubernetesGateway, ResourceType.Service, ResourceType.Deployment])
        {
            // What istiod made goes with its Gateway, by the garbage collector.
            await Eventually.Async(
                async () => (await app.Cluster.Resources.ListAsync(type, "leaving", null, default)).Count == 0, TimeSpan.FromSeconds(20), $"no {type.Kind}");
        }
    }

    [Fact]
    public async Task An_ambient_tenant_is_refused_before_anything_is_written_where_the_mesh_serves_none()
    {
        var spec = RunningApp.InnerTenant("ambient");
        (spec["mesh"], spec["gateway"]!["mode"]) = (Yaml.Read("{dataPlane: ambient}"), "gatewayApi");

        Assert.Equal(HttpStatusCode.Accepted, (await app.PutAsync("/api/tenants/ambient", spec)).StatusCode);
        var view = await app.PhaseAsync("/api/tenants/ambient", "Ready", "RolledBack", "Failed");

        Assert.Equal(("RolledBack", "preflight Failed"), (view.Text("phase"), view.Steps().First()));
        Assert.Contains("mesh.dataPlane ambient needs a mesh that takes in pods without proxies", view.Text("reason"), StringComparison.Ordinal);
        Assert.Contains("istioctl install --set profile=ambient", view.Text("reason"), StringComparison.Ordinal);
        Assert.Null(await GetAsync(ResourceType.Namespace, null!, "ambient"));
    }
}
