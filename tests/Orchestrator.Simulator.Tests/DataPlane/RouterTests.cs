using System.Text.Json.Nodes;
using Orchestrator.Simulator.DataPlane;

namespace Orchestrator.Simulator.Tests.DataPlane;

public sealed class RouterTests
{
    private static readonly JsonObject FooGateway = Object("foo", "foo-gateway", """
        { "selector": { "istio": "foo-ingress" }, "servers": [{ "port": { "number": 80, "name": "http", "protocol": "HTTP" }, "hosts": ["./*"] }] }
        """);

    private static readonly JsonObject Rules = Object("foo", "hello", """
        { "host": "hello", "exportTo": ["."], "subsets": [
          { "name": "v0-0-1", "labels": { "version": "v0-0-1" } }, { "name": "v0-0-2", "labels": { "version": "v0-0-2" } }] }
        """);

    private static readonly JsonObject Canary = Object("foo", "hello", """
        { "hosts": ["*"], "gateways": ["foo-gateway"], "exportTo": ["."], "http": [
          { "match": [{ "uri": { "prefix": "/foo/" }, "headers": { "version": { "exact": "v0-0-2" } } }],
            "route": [{ "destination": { "host": "hello.foo.svc.cluster.local", "subset": "v0-0-2" } }] },
          { "match": [{ "uri": { "prefix": "/foo/" } }],
            "route": [
              { "destination": { "host": "hello.foo.svc.cluster.local", "subset": "v0-0-1", "port": { "number": 8080 } }, "weight": 90 },
              { "destination": { "host": "hello.foo.svc.cluster.local", "subset": "v0-0-2", "port": { "number": 8080 } }, "weight": 10 }] }] }
        """);

    private static readonly ServiceEndpoints Hello = new("foo", "hello", [8080], [Pod("v0-0-1"), Pod("v0-0-2")]);

    [Fact]
    public void A_header_leads_to_the_version_it_names()
    {
        var mesh = new Mesh { VirtualServices = [Canary] };

        Assert.All(Enumerable.Range(0, 50), _ => Assert.Equal("v0-0-2", mesh.Version(Get("/foo/hello", ("Version", "v0-0-2")))));
    }

    [Fact]
    public void Weights_hold_within_chance()
    {
        var mesh = new Mesh { VirtualServices = [Canary] };

        var canary = Enumerable.Range(0, 20_000).Count(_ => mesh.Version(Get("/foo/hello")) == "v0-0-2");

        // Five standard deviations of a binomial with n = 20 000, p = 0.1; the dice are seeded, so the outcome is always the same.
        Assert.InRange(canary, 2000 - 212, 2000 + 212);
    }

    [Theory]
    [InlineData("/other")]
    [InlineData("/foo")]
    public void A_path_that_no_route_takes_is_NR(string path) =>
        Assert.IsType<RoutingDecision.NoRoute>(new Mesh { VirtualServices = [Canary] }.Decide(Get(path)));

    [Fact]
    public void A_subset_that_no_rule_defines_is_NC()
    {
        var mesh = new Mesh { VirtualServices = [Canary], DestinationRules = [] };

        Assert.Equal(new RoutingDecision.NoCluster("foo", "hello", "v0-0-2"), mesh.Decide(Get("/foo/hello", ("version", "v0-0-2"))));
    }

    [Theory]
    [InlineData("unknown", null)]
    [InlineData("hello", 81)]
    public void A_service_or_port_that_is_not_there_is_NC(string host, int? port)
    {
        var mesh = new Mesh { VirtualServices = [Routed(destination: $$"""{ "host": "{{host}}"{{(port is null ? "" : $$""", "port": { "number": {{port}} }""")}} }""")] };

        Assert.Equal(new RoutingDecision.NoCluster("foo", host, null), mesh.Decide(Get("/foo/hello")));
    }

    [Fact]
    public void A_subset_without_a_ready_pod_is_UH()
    {
        var mesh = new Mesh { VirtualServices = [Canary], Service = Hello with { Ready = [Pod("v0-0-1")] } };

        Assert.Equal(new RoutingDecision.NoHealthyUpstream("foo", "hello", "v0-0-2"), mesh.Decide(Get("/foo/hello", ("version", "v0-0-2"))));
    }

    [Fact]
    public void A_weight_of_zero_takes_nothing_among_several_and_everything_alone()
    {
        const string stable = """{ "destination": { "host": "hello", "subset": "v0-0-1" }, "weight": 100 }""";
        const string canary = """{ "destination": { "host": "hello", "subset": "v0-0-2" }, "weight": 0 }""";

        Assert.All(Enumerable.Range(0, 50), _ => Assert.Equal("v0-0-1",
            new Mesh { VirtualServices = [VirtualService($$"""[{ "route": [{{stable}}, {{canary}}] }]""")] }.Version(Get("/"))));
        Assert.Equal("v0-0-2", new Mesh { VirtualServices = [VirtualService($$"""[{ "route": [{{canary}}] }]""")] }.Version(Get("/")));
    }

    [Theory]
    [InlineData("""{ "uri": { "exact": "/foo/hello" } }""", true)]
    [InlineData("""{ "uri": { "exact": "/foo" } }""", false)]
    [InlineData("""{ "uri": { "prefix": "/FOO" } }""", false)]
    [InlineData("""{ "uri": { "prefix": "/FOO" }, "ignoreUriCase": true }""", true)]
    [InlineData("""{ "uri": { "regex": "/foo/h[a-z]+" } }""", true)]
    [InlineData("""{ "uri": { "regex": "/foo" } }""", false)]
    [InlineData("""{ "uri": { "regex": "(" } }""", false)]
    [InlineData("""{ "method": { "exact": "GET" } }""", true)]
    [InlineData("""{ "method": { "exact": "POST" } }""", false)]
    [InlineData("""{ "headers": { "X-Group": { "prefix": "be" } } }""", true)]
    [InlineData("""{ "headers": { "x-group": { "regex": ".*ta" } } }""", true)]
    [InlineData("""{ "headers": { "x-group": {} } }""", true)]
    [InlineData("""{ "headers": { "x-missing": {} } }""", false)]
    [InlineData("""{ "withoutHeaders": { "x-group": { "exact": "beta" } } }""", false)]
    [InlineData("""{ "withoutHeaders": { "x-missing": {} } }""", true)]
    [InlineData("""{ "queryParams": { "v": { "exact": "2" } } }""", true)]
    [InlineData("""{ "authority": { "prefix": "shop." } }""", true)]
    [InlineData("""{ "uri": { "prefix": "/foo" }, "method": { "exact": "POST" } }""", false)]
    [InlineData("""{ "port": 80 }""", true)]
    [InlineData("""{ "port": 81 }""", false)]
    [InlineData("""{ "gateways": ["other"] }""", false)]
    public void A_condition_is_read_as_Istio_reads_it(string match, bool taken)
    {
        var mesh = new Mesh { VirtualServices = [VirtualService($$"""[{ "match": [{{match}}], "route": [{ "destination": { "host": "hello" } }] }]""")] };
        var request = Get("/foo/hello", ("x-group", "beta")) with { Query = "?v=2", Authority = "shop.example:8080" };

        Assert.Equal(taken, mesh.Decide(request) is RoutingDecision.Forward);
    }

    [Fact]
    public void The_first_route_that_matches_wins()
    {
        var mesh = new Mesh
        {
            VirtualServices = [VirtualService("""
                [{ "match": [{ "uri": { "prefix": "/foo" } }], "route": [{ "destination": { "host": "hello", "subset": "v0-0-1" } }] },
                 { "match": [{ "uri": { "prefix": "/foo/hello" } }], "route": [{ "destination": { "host": "hello", "subset": "v0-0-2" } }] }]
                """)],
        };

        Assert.Equal("v0-0-1", mesh.Version(Get("/foo/hello")));
    }

    [Fact]
    public void A_route_may_rewrite_the_path_and_change_headers()
    {
        var mesh = new Mesh
        {
            VirtualServices = [VirtualService("""
                [{ "match": [{ "uri": { "prefix": "/foo/" } }], "rewrite": { "uri": "/" },
                   "headers": { "request": { "set": { "x-a": "1" }, "add": { "x-b": "2" }, "remove": ["x-c"] } },
                   "route": [{ "destination": { "host": "hello" } }] }]
                """)],
        };

        var forward = Assert.IsType<RoutingDecision.Forward>(mesh.Decide(Get("/foo/hello", ("x-b", "1"), ("x-c", "1"))));

        Assert.Equal("/hello", forward.Request.Path);
        Assert.Equal("1", forward.Request.Headers["x-a"]);
        Assert.Equal("1,2", forward.Request.Headers["x-b"]);
        Assert.DoesNotContain("x-c", forward.Request.Headers.Keys);
    }

    [Fact]
    public void A_gateway_of_another_namespace_counts_unless_istiod_scopes_them()
    {
        var foreign = Object("bar", "bar-gateway", """
            { "selector": { "istio": "foo-ingress" }, "servers": [{ "port": { "number": 80, "protocol": "HTTP" }, "hosts": ["*"] }] }
            """);
        var mesh = new Mesh { Gateways = [foreign], VirtualServices = [Routed(gateway: "bar/bar-gateway")] };

        Assert.IsType<RoutingDecision.Forward>(mesh.Decide(Get("/foo/hello")));
        Assert.False(new Mesh { Gateways = [foreign], VirtualServices = [Routed(gateway: "bar/bar-gateway")], Scoped = true }.Table().IsListening);
    }

    [Fact]
    public void A_gateway_for_other_pods_or_another_port_opens_nothing()
    {
        Assert.False(new Mesh { Labels = new() { ["istio"] = "bar-ingress" } }.Table().IsListening);
        Assert.False(new Mesh { Ports = [443, 8443] }.Table().IsListening);
        Assert.True(new Mesh { Ports = [80, 8080] }.Table().IsListening);
    }

    [Theory]
    [InlineData("./*", true)]
    [InlineData("*", true)]
    [InlineData("foo/*", false)]
    [InlineData("bar/*", true)]
    [InlineData("./other.example", false)]
    public void A_gateway_takes_virtual_services_of_the_namespaces_its_hosts_name(string hosts, bool taken)
    {
        var gateway = Object("bar", "shared", $$"""
            { "selector": { "istio": "foo-ingress" }, "servers": [{ "port": { "number": 80, "protocol": "HTTP" }, "hosts": ["{{hosts}}"] }] }
            """);
        var virtualService = Object("bar", "hello", """
            { "hosts": ["shop.example"], "gateways": ["shared"], "http": [{ "route": [{ "destination": { "host": "hello.foo.svc.cluster.local" } }] }] }
            """);
        var mesh = new Mesh { Gateways = [gateway], VirtualServices = [virtualService] };

        Assert.Equal(taken, mesh.Decide(Get("/") with { Authority = "shop.example" }) is RoutingDecision.Forward);
    }

    [Theory]
    [InlineData("shop.example", "v0-0-1")]
    [InlineData("www.shop.example:32180", "v0-0-2")]
    [InlineData("SHOP.example", "v0-0-1")]
    [InlineData("elsewhere", null)]
    public void The_most_specific_host_decides(string authority, string? version)
    {
        var mesh = new Mesh { VirtualServices = [Hosted("a", "*.shop.example", "v0-0-2"), Hosted("b", "shop.example", "v0-0-1")] };

        Assert.Equal(version, (mesh.Decide(Get("/") with { Authority = authority }) as RoutingDecision.Forward)?.Pod.Version);
    }

    [Fact]
    public void A_catch_all_of_another_virtual_service_comes_last()
    {
        var catchAll = Object("foo", "a", """
            { "hosts": ["*"], "gateways": ["foo-gateway"], "http": [{ "route": [{ "destination": { "host": "hello", "subset": "v0-0-1" } }] }] }
            """);
        var mesh = new Mesh { VirtualServices = [catchAll, Canary] };

        Assert.Equal("v0-0-2", mesh.Version(Get("/foo/hello", ("version", "v0-0-2"))));
        Assert.Equal("v0-0-1", mesh.Version(Get("/elsewhere")));
    }

    [Theory]
    [InlineData("""[{ "match": [{ "port": 81 }], "route": [{ "destination": { "host": "hello", "subset": "v0-0-1" } }] }, { "route": [{ "destination": { "host": "hello", "subset": "v0-0-2" } }] }]""", "v0-0-2")]
    [InlineData("""[{ "match": [{ "port": 80 }], "route": [{ "destination": { "host": "hello", "subset": "v0-0-1" } }] }, { "route": [{ "destination": { "host": "hello", "subset": "v0-0-2" } }] }]""", "v0-0-1")]
    [InlineData("""[{ "match": [{ "gateways": ["other"] }], "route": [{ "destination": { "host": "hello" } }] }]""", null)]
    [InlineData("[]", null)]
    public void A_connection_takes_the_first_route_whose_match_holds(string routes, string? version)
    {
        var mesh = Connected("TCP", "", $$""" "tcp": {{routes}} """);

        Assert.Equal(version, (mesh.Connect() as RoutingDecision.Connect)?.Pod.Version);
    }

    [Theory]
    [InlineData("a.shop.example", "v0-0-1")]
    [InlineData("A.shop.example", "v0-0-1")]
    [InlineData("b.shop.example", "v0-0-2")]
    [InlineData("elsewhere", null)]
    [InlineData(null, null)]
    public void A_TLS_connection_goes_where_the_closest_name_leads(string? serverName, string? version)
    {
        var mesh = Connected("TLS", """ "tls": { "mode": "PASSTHROUGH" }, """, """
            "tls": [{ "match": [{ "sniHosts": ["*.shop.example"] }], "route": [{ "destination": { "host": "hello", "subset": "v0-0-2" } }] },
                    { "match": [{ "sniHosts": ["a.shop.example"] }], "route": [{ "destination": { "host": "hello", "subset": "v0-0-1" } }] }]
            """);

        Assert.Equal(version, (mesh.Connect(serverName) as RoutingDecision.Connect)?.Pod.Version);
    }

    [Fact]
    public void A_rule_that_is_not_exported_here_defines_no_subset()
    {
        var hidden = Object("bar", "hello", """
            { "host": "hello.foo.svc.cluster.local", "exportTo": ["."], "subsets": [{ "name": "v0-0-2", "labels": { "version": "v0-0-2" } }] }
            """);
        var mesh = new Mesh { VirtualServices = [Canary], DestinationRules = [hidden] };

        Assert.IsType<RoutingDecision.NoCluster>(mesh.Decide(Get("/foo/hello", ("version", "v0-0-2"))));
    }

    [Fact]
    public void An_object_of_the_wrong_shape_is_left_out() =>
        Assert.Null(MeshObject<VirtualServiceSpec>.Read(Object("foo", "hello", """{ "hosts": "not a list" }""")));

    private static IngressRequest Get(string path, params (string Name, string Value)[] headers) => IngressRequest.Get(path) with
    {
        Headers = headers.ToDictionary(header => header.Name, header => header.Value, StringComparer.OrdinalIgnoreCase),
    };

    private static PodEndpoint Pod(string version) =>
        new("foo", $"hello-{version}", new Dictionary<string, string> { ["app"] = "hello", ["version"] = version }, "hello", "hello:1", new Dictionary<string, string>(), true);

    private static JsonObject Object(string ns, string name, string spec) => new()
    {
        ["metadata"] = new JsonObject { ["namespace"] = ns, ["name"] = name },
        ["spec"] = JsonNode.Parse(spec),
    };

    private static JsonObject VirtualService(string http) => Object("foo", "hello", $$"""{ "hosts": ["*"], "gateways": ["foo-gateway"], "http": {{http}} }""");

    private static JsonObject Routed(string gateway = "foo-gateway", string destination = """{ "host": "hello" }""") => Object("foo", "hello", $$"""
        { "hosts": ["*"], "gateways": ["{{gateway}}"], "http": [{ "route": [{ "destination": {{destination}} }] }] }
        """);

    private static Mesh Connected(string protocol, string server, string routes) => new()
    {
        Gateways = [Object("foo", "foo-gateway", $$"""
            { "selector": { "istio": "foo-ingress" }, "servers": [{ "port": { "number": 80, "protocol": "{{protocol}}" }, {{server}} "hosts": ["*"] }] }
            """)],
        VirtualServices = [Object("foo", "hello", $$"""{ "hosts": ["*"], "gateways": ["foo-gateway"], {{routes}} }""")],
    };

    private static JsonObject Hosted(string name, string host, string subset) => Object("foo", name, $$"""
        { "hosts": ["{{host}}"], "gateways": ["foo/foo-gateway"], "http": [{ "route": [{ "destination": { "host": "hello", "subset": "{{subset}}" } }] }] }
        """);

    /// <summary>The gateway of foo, its Service <c>hello</c> with a pod per version, and the canary's rules, unless said otherwise.</summary>
    private sealed class Mesh
    {
        private long requests;

        public JsonObject[] Gateways { get; init; } = [FooGateway];

        public JsonObject[] VirtualServices { get; init; } = [];

        public JsonObject[] DestinationRules { get; init; } = [Rules];

        public ServiceEndpoints Service { get; init; } = Hello;

        public Dictionary<string, string> Labels { get; init; } = new() { ["istio"] = "foo-ingress" };

        public int[] Ports { get; init; } = [80, 8080];

        public bool Scoped { get; init; }

        public RouteTable Table() =>
            RouteTable.Build(Ports, new Proxy("foo", Labels, Scoped), Read<GatewaySpec>(Gateways), Read<VirtualServiceSpec>(VirtualServices));

        public RoutingDecision Decide(IngressRequest request) => Router.Decide(Table(), Upstreams, request, NextDice());

        /// <summary>What becomes of a connection to the port, with the name in its ClientHello where it is TLS.</summary>
        public RoutingDecision Connect(string? serverName = null) =>
            ConnectionTable.Build(Ports, new Proxy("foo", Labels, Scoped), Read<GatewaySpec>(Gateways), Read<VirtualServiceSpec>(VirtualServices)).Find(serverName) is { } route
                ? Router.Decide(route, Upstreams, NextDice()) : new RoutingDecision.NoRoute();

        private Upstreams Upstreams => new(
            Read<DestinationRuleSpec>(DestinationRules).ToLookup(rule => HostName.Qualify(rule.Spec.Host, rule.Namespace)),
            (ns, name) => (ns, name) == (Service.Namespace, Service.Name) ? Service : null, "foo", 80);

        private Dice NextDice() => new(seed: 1, requests++);

        public string? Version(IngressRequest request) => Assert.IsType<RoutingDecision.Forward>(Decide(request)).Pod.Version;

        private static MeshObject<TSpec>[] Read<TSpec>(JsonObject[] objects) where TSpec : notnull =>
            [.. objects.Select(obj => Assert.IsType<MeshObject<TSpec>>(MeshObject<TSpec>.Read(obj)))];
    }
}
