using System.Text.Json;
using Orchestrator.Domain.Requests;
using Orchestrator.Domain.Tenants;
using Orchestrator.Domain.Tests.Requests;

namespace Orchestrator.Domain.Tests.Tenants;

public sealed class TenantRequestTests
{
    private static Parsed<TenantSpec> Read(string json, string tenant = "foo")
    {
        using var document = JsonDocument.Parse(json);
        return SpecSchema.Tenant.Agreeing(document.RootElement, TenantRequest.Read(document.RootElement, tenant));
    }

    private static IEnumerable<string> Problems(string json, string tenant = "foo") =>
        Read(json, tenant).Problems.Select(p => $"{p.Pointer} {p.Code}");

    private static string WithPorts(string ports) => """{"gateway":{"service":{"ports":[""" + ports + "]}}}";

    private static string WithServices(string services) =>
        $$$"""{"gateway":{"service":{"ports":[{"name":"http2","port":80}]}},"services":[{{{services}}}]}""";

    [Fact]
    public void Only_the_ports_have_no_default()
    {
        var spec = Read(WithPorts("""{"name":"http2","port":80,"nodePort":32180}""")).Value!;

        Assert.Equal(
            ("foo", "default", "default", TimeSpan.FromMinutes(10)),
            (spec.Tenant, spec.Cluster, spec.Revision, spec.Readiness.Timeout));
        Assert.Equal(
            (GatewayMode.Injection, 2, 5, ServiceType.NodePort),
            (spec.Gateway.Mode, spec.Gateway.MinReplicas, spec.Gateway.MaxReplicas, spec.Gateway.Service.Type));
        Assert.Equal([new GatewayPort("http2", 80, 8080, 32180)], spec.Gateway.Service.Ports);
        Assert.Empty(spec.Services);
    }

    [Fact]
    public void A_spec_is_its_own_request()
    {
        var spec = Read("""
            {"tenant":"foo","cluster":"east","owner":"team-foo","isolation":"shared","mesh":{"revision":"canary"},
             "gateway":{"mode":"istioOperator","minReplicas":3,"maxReplicas":4,
                        "service":{"type":"LoadBalancer","ports":[{"name":"http","port":80,"targetPort":8081}]}},
             "services":[{"name":"hello","port":8080,"prefix":"/foo/","stable":"v0-0-1"}],"readiness":{"timeout":"90s"}}
            """).Value!;

        var json = JsonSerializer.Serialize(spec, JsonSerializerOptions.Web);

        Assert.Equal(json, JsonSerializer.Serialize(Read(json).Value!, JsonSerializerOptions.Web));
        Assert.Contains("\"timeout\":\"1m30s\"", json, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_problem_is_reported_at_once() =>
        Assert.Equal(
            [
                "/colour unknown", "/gateway/maxReplicas range",
                "/gateway/service/ports/0/nodePort range", "/gateway/service/ports/0/targetPort range", "/gateway/service/ports/1/name required",
                "/owner invalid", "/readiness/timeout range", "/services/0/prefix invalid", "/services/0/stable required",
            ],
            Problems("""
                {"owner":"",
                 "gateway":{"minReplicas":3,"maxReplicas":2,"service":{"ports":[{"name":"http2","port":80,"targetPort":80,"nodePort":80},{"port":81}]}},
                 "services":[{"name":"hello","prefix":"foo"}],"readiness":{"timeout":"1s"},"colour":"red"}
                """).Order(StringComparer.Ordinal));

    [Theory]
    [InlineData("kube-system")]
    [InlineData("kube-anything")]
    [InlineData("istio-system")]
    [InlineData("default")]
    [InlineData("Foo")]
    [InlineData("foo.bar")]
    [InlineData("1foo")]
    [InlineData("a23456789-123456789-123456789-123456789-123456789-123456")]
    public void A_name_that_no_tenant_can_have_is_refused(string tenant) =>
        Assert.Equal(["/tenant invalid"], Problems(WithPorts("""{"name":"http2","port":80}"""), tenant));

    [Fact]
    public void The_longest_name_leaves_room_for_the_label_of_its_gateway()
    {
        var longest = new string('a', TenantNames.MaxLength);

        Assert.Null(TenantRequest.CheckName(longest));
        Assert.Equal(63, TenantNames.IngressLabel(longest).Length);
    }

    [Theory]
    [InlineData("""{"name":"http2","port":0}""", "/gateway/service/ports/0/port range")]
    [InlineData("""{"name":"http2","port":70000}""", "/gateway/service/ports/0/port range")]
    [InlineData("""{"name":"http2","port":80,"nodePort":29999}""", "/gateway/service/ports/0/nodePort range")]
    [InlineData("""{"name":"http2","port":80},{"name":"http2","port":81}""", "/gateway/service/ports/1/name duplicate")]
    [InlineData("""{"name":"http2","port":80},{"name":"http3","port":80}""", "/gateway/service/ports/1/port duplicate")]
    [InlineData("""{"name":"a","port":80,"nodePort":32180},{"name":"b","port":81,"nodePort":32180}""", "/gateway/service/ports/1/nodePort duplicate")]
    [InlineData("""{"name":"status-port","port":80}""", "/gateway/service/ports/0/name duplicate")]
    [InlineData("""{"name":"http2","port":15021}""", "/gateway/service/ports/0/port duplicate")]
    [InlineData("", "/gateway/service/ports required")]
    public void A_port_that_cannot_be_is_refused(string ports, string problem) => Assert.Equal([problem], Problems(WithPorts(ports)));

    [Fact]
    public void Only_a_Service_of_type_NodePort_takes_node_ports() =>
        Assert.Equal(
            ["/gateway/service/ports/0/nodePort not-applicable"],
            Problems("""{"gateway":{"service":{"type":"ClusterIP","ports":[{"name":"http2","port":80,"nodePort":32180}]}}}"""));

    [Theory]
    [InlineData("/foo/", "/foo/bar/", true)]
    [InlineData("/foo/bar/", "/foo/", true)]
    [InlineData("/foo/", "/foo/", true)]
    [InlineData("/", "/foo/", true)]
    [InlineData("/foo/", "/foobar/", false)]
    [InlineData("/foo/a/", "/foo/b/", false)]
    public void Prefixes_of_which_one_begins_the_other_overlap(string first, string second, bool overlap)
    {
        var problems = Problems(WithServices(
            $$"""{"name":"a","prefix":"{{first}}","stable":"v1"},{"name":"b","prefix":"{{second}}","stable":"v1"}"""));

        Assert.Equal(overlap ? ["/services/1/prefix overlap"] : [], problems);
    }

    [Theory]
    [InlineData("foo/")]
    [InlineData("/foo")]
    [InlineData("//")]
    [InlineData("/foo/../bar/")]
    [InlineData("/foo bar/")]
    [InlineData("/foo?x=/")]
    [InlineData("/%2e%2e/")]
    public void A_prefix_that_is_no_plain_path_is_refused(string prefix) =>
        Assert.Equal(["/services/0/prefix invalid"], Problems(WithServices($$"""{"name":"a","prefix":"{{prefix}}","stable":"v1"}""")));

    [Theory]
    [InlineData("""{"name":"a","prefix":"/a/","stable":"v1"},{"name":"a","prefix":"/b/","stable":"v1"}""", "/services/1/name duplicate")]
    [InlineData("""{"name":"gw","prefix":"/a/","stable":"v1"}""", "/services taken")]
    [InlineData("""{"name":"a","prefix":"/a/","stable":"v 1"}""", "/services/0/stable invalid")]
    public void A_service_that_cannot_be_is_refused(string services, string problem) => Assert.Equal([problem], Problems(WithServices(services)));

    [Fact]
    public void A_dedicated_tenant_follows_its_own_revision_and_knows_its_own_control_plane()
    {
        var spec = Read("""{"isolation":"dedicated","mesh":{"version":"1.30.3"},"gateway":{"service":{"ports":[{"name":"http2","port":80}]}}}""").Value!;
        var json = JsonSerializer.Serialize(spec, JsonSerializerOptions.Web);
        var mesh = DedicatedMesh.Of(spec);

        Assert.Equal(("foo", "1.30.3", "istio-system-foo"), (spec.Mesh.Revision, spec.Mesh.Version, spec.SystemNamespace));
        Assert.Equal(["./*", "istio-system-foo/*"], spec.Policies.SidecarEgress);
        Assert.Equal(json, JsonSerializer.Serialize(Read(json).Value!, JsonSerializerOptions.Web));
        Assert.Equal(("foo", "1.30.3", "istio-system-foo"), (mesh.Revision, mesh.Version, mesh.Namespace));
        Assert.True(Assert.Single(mesh.Selectors).Matches(new Dictionary<string, string> { ["orchestrator/mesh"] = "foo" }));
        Assert.False(Assert.Single(mesh.Selectors).Matches(new Dictionary<string, string> { ["orchestrator/mesh"] = "bar" }));
    }

    [Theory]
    [InlineData("foo", """{"isolation":"alone",""", "/isolation choice")]
    [InlineData("foo", """{"isolation":"dedicated","mesh":{"revision":"blue"},""", "/mesh/revision not-applicable")]
    [InlineData("foo", """{"mesh":{"version":"1.30.3"},""", "/mesh/version not-applicable")]
    [InlineData("a23456789-123456789-123456789-123456789-123456789-1", """{"isolation":"dedicated",""", "/isolation name-too-long")]
    [InlineData("a23456789-123456789-123456789-123456789-12345678", """{"isolation":"dedicated",""", null)]
    public void A_control_plane_that_cannot_be_is_refused(string tenant, string start, string? problem) =>
        Assert.Equal(
            problem is null ? [] : [problem],
            Read(start + """ "gateway":{"service":{"ports":[{"name":"http2","port":80}]}}}""", tenant).Problems.Select(p => $"{p.Pointer} {p.Code}"));

    [Fact]
    public void A_control_plane_of_its_own_comes_before_the_tenant_and_goes_after_it()
    {
        var spec = Read("""{"isolation":"dedicated","gateway":{"service":{"ports":[{"name":"http2","port":80}]}}}""").Value!;

        Assert.Equal(
            ["preflight", "mesh-preflight", "mesh-namespace", "mesh-control-plane", "mesh-custom-resources", "mesh-istiod", "mesh-webhooks", "namespace"],
            TenantPlan.Onboarding(spec, null).Take(8).Select(step => step.Name));
        Assert.Equal(["mesh-control-plane", "mesh-istiod", "mesh-webhooks"], TenantPlan.Repairing(spec).Take(3).Select(step => step.Name));
        Assert.Equal(["namespace", "mesh-control-plane", "mesh-namespace"], TenantPlan.Offboarding(spec).TakeLast(3).Select(step => step.Name));
    }

    [Theory]
    [InlineData("""{"mesh":{"dataPlane":"ambient"},"gateway":{"mode":"injection",""", "/mesh/dataPlane not-applicable")]
    [InlineData("""{"mesh":{"dataPlane":"ambient"},"gateway":{""", "/mesh/dataPlane not-applicable")]
    [InlineData("""{"mesh":{"dataPlane":"ambient"},"isolation":"dedicated","gateway":{"mode":"gatewayApi",""", "/mesh/dataPlane not-applicable")]
    [InlineData("""{"mesh":{"dataPlane":"none"},"gateway":{"mode":"gatewayApi",""", "/mesh/dataPlane choice")]
    [InlineData("""{"mesh":{"dataPlane":"ambient"},"services":[{"name":"waypoint","prefix":"/a/","stable":"v1"}],"gateway":{"mode":"gatewayApi",""", "/services taken")]
    [InlineData("""{"mesh":{"dataPlane":"sidecar"},"services":[{"name":"waypoint","prefix":"/a/","stable":"v1"}],"gateway":{"mode":"gatewayApi",""", null)]
    [InlineData("""{"mesh":{"dataPlane":"ambient","revision":"blue"},"gateway":{"mode":"gatewayApi",""", null)]
    public void A_data_plane_that_cannot_be_is_refused(string start, string? problem) =>
        Assert.Equal(problem is null ? [] : [problem], Problems(start + """ "service":{"ports":[{"name":"http2","port":80}]}}}"""));

    [Fact]
    public void Only_an_ambient_tenant_tells_its_data_plane()
    {
        const string gateway = """ "gateway":{"mode":"gatewayApi","service":{"ports":[{"name":"http2","port":80}]}}}""";
        var (sidecar, ambient) = (Read($"{{{gateway}").Value!, Read($"{{\"mesh\":{{\"dataPlane\":\"ambient\"}},{gateway}").Value!);
        var json = JsonSerializer.Serialize(ambient);

        Assert.DoesNotContain("ataPlane", JsonSerializer.Serialize(sidecar), StringComparison.Ordinal);
        Assert.Contains("\"DataPlane\":\"ambient\"", json, StringComparison.Ordinal);
        Assert.Equal(json, JsonSerializer.Serialize(JsonSerializer.Deserialize<TenantSpec>(json)));
        Assert.Equal(json, JsonSerializer.Serialize(Read(JsonSerializer.Serialize(ambient, JsonSerializerOptions.Web)).Value!));
    }

    [Theory]
    [InlineData("foo", """{"name":"a","prefix":"/a/","stable":"v1"},{"name":"a-v1","prefix":"/b/","stable":"v2"}""", "/services taken")]
    [InlineData("foo", """{"name":"a123456789-123456789-123456789-123456789-123456789-123456789","prefix":"/a/","stable":"v0-0-1"}""", "/services invalid")]
    [InlineData("foo", """{"name":"a","prefix":"/a/","stable":"V1.0"}""", "/services invalid")]
    [InlineData("t123456789-123456789-123456789-123456789-123456789", """{"name":"a","prefix":"/a/","stable":"v1"}""", "/tenant too-long")]
    public void What_istiod_and_versions_are_called_in_mode_gatewayApi_is_free_and_fits(string tenant, string services, string problem)
    {
        var spec = """{"gateway":{"mode":"gatewayApi","service":{"ports":[{"name":"http2","port":80}]}},"services":[""" + services + "]}";

        Assert.Equal([problem], Problems(spec, tenant));
        Assert.Empty(Problems(spec.Replace("gatewayApi", "injection", StringComparison.Ordinal), tenant));
    }

    [Fact]
    public void Services_need_a_port_that_speaks_HTTP() =>
        Assert.Equal(
            ["/gateway no-http-port"],
            Problems("""{"gateway":{"service":{"ports":[{"name":"tls","port":443}]}},"services":[{"name":"a","prefix":"/a/","stable":"v1"}]}"""));

    [Fact]
    public void A_body_that_names_another_tenant_is_refused() =>
        Assert.Equal(["/tenant mismatch"], Problems("""{"tenant":"bar","gateway":{"service":{"ports":[{"name":"http2","port":80}]}}}"""));

    [Fact]
    public void A_missing_gateway_is_one_problem() => Assert.Equal(["/gateway required"], Problems("{}"));
}
