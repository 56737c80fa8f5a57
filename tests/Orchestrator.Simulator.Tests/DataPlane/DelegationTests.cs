using System.Text.Json.Nodes;
using Orchestrator.Simulator.DataPlane;

namespace Orchestrator.Simulator.Tests.DataPlane;

public sealed class DelegationTests
{
    private const string ToStable = """ "route": [{ "destination": { "host": "hello", "subset": "v0-0-1" } }] """;

    [Fact]
    public void A_delegates_route_takes_over_what_the_roots_says_and_it_does_not()
    {
        var route = Assert.Single(Routes(
            """{ "name": "shop", "match": [{ "uri": { "prefix": "/shop" }, "headers": { "x-a": { "exact": "1" } } }], "timeout": "3s", "retries": { "attempts": 2 }, "delegate": { "name": "inner" } }""",
            $$"""{ "name": "cart", "match": [{ "uri": { "prefix": "/shop/cart" }, "headers": { "x-b": { "exact": "2" } } }], "timeout": "1s", {{ToStable}} }"""));

        Assert.Equal(("shop-cart", TimeSpan.FromSeconds(1), 2, "team"), (route.Name, route.Timeout, route.Retries!.Attempts, route.Namespace));
        var match = Assert.Single(route.Match);
        Assert.Equal(("/shop/cart", "1", "2"), (match.Uri!.Prefix, match.Headers["x-a"].Exact, match.Headers["x-b"].Exact));
    }

    [Theory]
    [InlineData("""{ "uri": { "prefix": "/shop" } }""", """{ "uri": { "exact": "/shop/cart" } }""", true)]
    [InlineData("""{ "uri": { "prefix": "/shop" } }""", """{ "headers": { "x-a": { "regex": ".*" } } }""", true)]
    [InlineData("""{ "uri": { "prefix": "/shop" } }""", """{ "uri": { "prefix": "/" } }""", false)]
    [InlineData("""{ "uri": { "prefix": "/shop" } }""", """{ "uri": { "regex": "/shop/.*" } }""", false)]
    [InlineData("""{ "uri": { "exact": "/shop" } }""", """{ "uri": { "prefix": "/shop" } }""", false)]
    [InlineData("""{ "headers": { "x-a": { "exact": "1" } } }""", """{ "headers": { "x-a": { "exact": "2" } } }""", false)]
    [InlineData("""{ "port": 80 }""", """{ "port": 81 }""", false)]
    [InlineData("""{ "method": { "exact": "GET" } }""", """{ "method": { "exact": "GET" } }""", true)]
    public void A_delegates_match_must_lie_within_the_roots(string outer, string inner, bool stays) => Assert.Equal(stays, Routes(
        $$"""{ "match": [{{outer}}], "delegate": { "name": "inner" } }""", $$"""{ "match": [{{inner}}], {{ToStable}} }""").Count == 1);

    [Theory]
    [InlineData("""{ "name": "missing" }""", """{}""")]
    [InlineData("""{ "name": "inner", "namespace": "elsewhere" }""", """{}""")]
    [InlineData("""{ "name": "inner" }""", """{ "hosts": ["*"] }""")]
    [InlineData("""{ "name": "inner" }""", """{ "exportTo": ["."] }""")]
    [InlineData("""{ "name": "inner" }""", """{ "http": [{ "delegate": { "name": "third" } }] }""")]
    public void A_delegate_that_is_none_is_a_route_less(string reference, string inner) =>
        Assert.Empty(Resolve($$"""{ "delegate": {{reference}} }""", JsonNode.Parse(inner)!.AsObject(), rootNamespace: inner.Contains("exportTo", StringComparison.Ordinal) ? "foo" : "team"));

    [Fact]
    public void Routes_without_a_reference_keep_their_place()
    {
        var routes = Resolve("""{ "name": "first", "redirect": { "uri": "/" } }, { "delegate": { "name": "inner" } }, { "name": "last", "redirect": { "uri": "/" } }""",
            JsonNode.Parse($$"""{ "http": [{ "name": "a", {{ToStable}} }, { "name": "b", {{ToStable}} }] }""")!.AsObject());

        Assert.Equal(["first", "a", "b", "last"], routes.Select(route => route.Name));
    }

    private static IReadOnlyList<HttpRoute> Routes(string root, string inner) => Resolve(root, JsonNode.Parse($$"""{ "http": [{{inner}}] }""")!.AsObject());

    private static IReadOnlyList<HttpRoute> Resolve(string root, JsonObject inner, string rootNamespace = "team") =>
        Delegation.Resolve([Object(rootNamespace, "root", JsonNode.Parse($$"""{ "hosts": ["*"], "gateways": ["g"], "http": [{{root}}] }""")!.AsObject()), Object("team", "inner", inner)])
            .Single(rule => rule.Name == "root").Spec.Http;

    private static MeshObject<VirtualServiceSpec> Object(string ns, string name, JsonObject spec) => MeshObject<VirtualServiceSpec>.Read(new()
    {
        ["metadata"] = new JsonObject { ["namespace"] = ns, ["name"] = name },
        ["spec"] = spec,
    })!;
}
