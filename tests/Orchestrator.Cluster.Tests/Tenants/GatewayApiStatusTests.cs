using System.Text.Json.Nodes;
using Orchestrator.Cluster.Istio.Readiness;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Domain;
using Orchestrator.Domain.Tenants;
using Orchestrator.TestKit;
using Orchestrator.Tests;

namespace Orchestrator.Cluster.Tests.Tenants;

public sealed class GatewayApiStatusTests
{
    private static JsonObject Gateway(string accepted = "True", string conflicted = "False", int seen = 2) => Yaml.Read($$"""
        metadata: {name: foo-gateway, namespace: foo, generation: 2}
        spec: {listeners: [{name: http, port: 80}]}
        status:
          conditions:
          - {type: Accepted, status: "{{accepted}}", observedGeneration: {{seen}}, reason: InvalidParameters, message: no such ConfigMap}
          - {type: Programmed, status: "True", observedGeneration: 2}
          listeners:
          - name: http
            conditions:
            - {type: Accepted, status: "True", observedGeneration: 2}
            - {type: ResolvedRefs, status: "True", observedGeneration: 2}
            - {type: Programmed, status: "True", observedGeneration: 2}
            - {type: Conflicted, status: "{{conflicted}}", observedGeneration: 2, reason: ProtocolConflict, message: another listener}
        """);

    private static JsonObject Route(string resolved = "True", int seen = 1, string controller = "istio.io/gateway-controller") => Yaml.Read($$"""
        metadata: {name: hello, namespace: foo, generation: 1}
        status:
          parents:
          - parentRef: {name: foo-gateway}
            controllerName: {{controller}}
            conditions:
            - {type: Accepted, status: "True", observedGeneration: {{seen}}}
            - {type: ResolvedRefs, status: "{{resolved}}", observedGeneration: {{seen}}, reason: BackendNotFound, message: backend(hello-v1) not found}
        """);

    [Fact]
    public void A_Gateway_that_istiod_took_with_all_its_listeners_lacks_nothing() => Assert.Empty(GatewayApiStatus.Missing("G", Gateway()));

    [Fact]
    public void What_a_Gateway_lacks_is_told_with_istiods_reason()
    {
        Assert.Equal(["G to be created"], GatewayApiStatus.Missing("G", null));
        Assert.Equal(["G to be Accepted (InvalidParameters: no such ConfigMap)"], GatewayApiStatus.Missing("G", Gateway(accepted: "False")));
        Assert.Equal(
            ["G: listener http to be not Conflicted (ProtocolConflict: another listener)"], GatewayApiStatus.Missing("G", Gateway(conflicted: "True")));
    }

    [Fact]
    public void A_condition_of_an_earlier_generation_says_nothing() =>
        Assert.Equal(["G to be seen by istiod (Accepted)"], GatewayApiStatus.Missing("G", Gateway(seen: 1)));

    [Fact]
    public void A_route_counts_when_istiod_takes_it_at_the_tenants_Gateway()
    {
        Assert.Empty(GatewayApiStatus.MissingOfRoute("R", Route(), "foo-gateway"));
        Assert.Equal(
            ["R at Gateway foo-gateway to be ResolvedRefs (BackendNotFound: backend(hello-v1) not found)"],
            GatewayApiStatus.MissingOfRoute("R", Route(resolved: "False"), "foo-gateway"));
        string[] unseen = ["R at Gateway foo-gateway to be seen by istiod (Accepted)", "R at Gateway foo-gateway to be seen by istiod (ResolvedRefs)"];
        Assert.Equal(unseen, GatewayApiStatus.MissingOfRoute("R", Route(seen: 0), "foo-gateway"));
        Assert.Equal(unseen, GatewayApiStatus.MissingOfRoute("R", Route(controller: "example.com/other"), "foo-gateway"));
        Assert.Equal(["R to be created"], GatewayApiStatus.MissingOfRoute("R", null, "foo-gateway"));
    }

    [Fact]
    public void A_programmed_Gateway_is_not_ready_before_its_Deployment()
    {
        var spec = new TenantSpec
        {
            Tenant = "foo",
            Gateway = new() { Mode = GatewayMode.GatewayApi, Service = new(ServiceType.ClusterIP, [new("http2", 80, 8080)]) },
        };

        var report = GatewayReadiness.Judge(spec, new() { Gateway = Gateway() });

        Assert.Equal(StepOutcome.Waiting, report.Outcome);
        Assert.Contains("Deployment foo/foo-gateway-istio to be created", report.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_waypoint_waits_for_its_Gateway_its_pods_and_whatever_its_class_lacks()
    {
        var spec = new TenantSpec
        {
            Tenant = "foo",
            Mesh = new(DataPlane: DataPlane.Ambient),
            Gateway = new() { Mode = GatewayMode.GatewayApi, Service = new(ServiceType.ClusterIP, [new("http2", 80, 8080)]) },
        };

        Assert.Equal(
            "Gateway foo/waypoint to be created; cluster 'default' to take it: it has no GatewayClass istio-waypoint; Deployment foo/waypoint to be created; "
            + "Service foo/waypoint: 0 of 2 endpoints ready; HorizontalPodAutoscaler foo/waypoint to be created",
            GatewayReadiness.JudgeWaypoint(spec, new() { ClassLacking = "it has no GatewayClass istio-waypoint" }).Message);
        Assert.StartsWith("Deployment foo/waypoint to be created", GatewayReadiness.JudgeWaypoint(spec, new() { Gateway = Gateway() }).Message, StringComparison.Ordinal);
    }
}

/// <summary>What is said of a cluster whose Gateway API is not as tenants need it.</summary>
public sealed class GatewayApiLackingTests(SimulatedCluster cluster) : IClassFixture<SimulatedCluster>
{
    [Fact]
    public async Task A_cluster_without_the_Gateway_API_or_istiods_class_is_told_what_to_do()
    {
        // A simulated cluster serves the Gateway API from the start, and has no istiod yet.
        Assert.Null(await GatewayApiStatus.LackingAsync(cluster.Resources, default));
        var classless = await GatewayApiStatus.ClassLackingAsync(cluster.Resources, GatewayApiStatus.Class, default);
        await cluster.Resources.DeleteAsync(ResourceType.CustomResourceDefinition, null, "httproutes.gateway.networking.k8s.io", null, default);
        var bare = await GatewayApiStatus.LackingAsync(cluster.Resources, default);

        Assert.Contains("it has no GatewayClass istio", classless, StringComparison.Ordinal);
        Assert.Contains("does not serve httproutes.gateway.networking.k8s.io in version v1. Install the Gateway API: kubectl apply -f", bare, StringComparison.Ordinal);
    }
}
