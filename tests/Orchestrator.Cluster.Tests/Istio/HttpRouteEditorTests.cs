using System.Text.Json.Nodes;
using Orchestrator.Cluster.Istio;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Domain.Traffic;
using Orchestrator.TestKit;

namespace Orchestrator.Cluster.Tests.Istio;

public sealed class HttpRouteEditorTests
{
    private static readonly TrafficSplit Ten = new("foo", "hello", "v0-0-1", "v0-0-2", 10, new("version", "v0-0-2"));

    private static JsonObject Route { get; } = Yaml.Read("""
        metadata: {name: hello, namespace: foo}
        spec:
          parentRefs: [{name: foo-gateway}]
          rules:
          - matches: [{path: {type: Exact, value: /status}}]
            backendRefs: [{name: elsewhere, port: 80, weight: 1}]
          - matches: [{path: {type: PathPrefix, value: /foo}}, {path: {type: PathPrefix, value: /old}, headers: [{type: Exact, name: x, value: "1"}]}]
            timeouts: {request: 3s}
            backendRefs: [{group: "", kind: Service, name: hello-v0-0-1, port: 8080, weight: 100}]
        """);

    private static IEnumerable<string> Backends(JsonObject route) => route.Items("spec", "rules").Select(rule =>
        string.Join(' ', rule.Items("backendRefs").Select(backend => $"{backend.Text("name")}:{backend.Number("port")}={backend.Number("weight")}")));

    [Fact]
    public void A_preview_stands_before_the_rule_that_serves_and_is_like_it_but_for_the_header()
    {
        var edited = HttpRouteEditor.With(Route, Ten);

        Assert.Equal(["elsewhere:80=1", "hello-v0-0-2:8080=1", "hello-v0-0-1:8080=90 hello-v0-0-2:8080=10"], Backends(edited));
        var preview = edited["spec"]!["rules"]![1]!;
        Assert.Equal("3s", preview.Text("timeouts", "request"));
        Assert.Equal(["version", "x,version"], preview.Items("matches").Select(match => string.Join(',', match.Items("headers").Select(header => header.Text("name")))));
        Assert.True(JsonNode.DeepEquals(edited, HttpRouteEditor.With(edited, Ten)));
        Assert.True(JsonNode.DeepEquals(Route, HttpRouteEditor.With(edited, Ten with { Weight = 0, Preview = null })));
    }

    [Fact]
    public void Copies_go_to_the_candidate_from_the_rule_that_serves_alone()
    {
        var edited = HttpRouteEditor.With(Route, Ten with { Weight = 0, Mirror = 25 });

        Assert.Equal(["elsewhere:80=1", "hello-v0-0-2:8080=1", "hello-v0-0-1:8080=100"], Backends(edited));
        Assert.Equal(
            """[{"type":"RequestMirror","requestMirror":{"backendRef":{"group":"","kind":"Service","name":"hello-v0-0-2","port":8080},"percent":25}}]""",
            edited["spec"]!["rules"]![2]!["filters"]!.ToJsonString());
        Assert.Null(edited["spec"]!["rules"]![1]!["filters"]);
        Assert.True(JsonNode.DeepEquals(edited, HttpRouteEditor.With(edited, Ten with { Weight = 0, Mirror = 25 })));
        Assert.True(JsonNode.DeepEquals(Route, HttpRouteEditor.With(edited, Ten.Back)));
    }

    [Fact]
    public void A_cookie_keeps_users_on_the_candidate_while_it_has_a_share()
    {
        var keeping = Ten with { Preview = null, Session = new(new("kept", "v0-0-2"), 60) };
        var edited = HttpRouteEditor.With(Route, keeping);

        Assert.Equal(["elsewhere:80=1", "hello-v0-0-2:8080=1", "hello-v0-0-1:8080=90 hello-v0-0-2:8080=10"], Backends(edited));
        Assert.Equal(
            """[{"type":"ResponseHeaderModifier","responseHeaderModifier":{"add":[{"name":"Set-Cookie","value":"kept=v0-0-2; Path=/; Max-Age=60"}]}}]""",
            edited["spec"]!["rules"]![2]!["backendRefs"]![1]!["filters"]!.ToJsonString());
        Assert.Equal(
            ["RegularExpression cookie", "RegularExpression cookie"],
            edited["spec"]!["rules"]![1].Items("matches").Select(match => match.Items("headers").Last()).Select(header => $"{header.Text("type")} {header.Text("name")}"));
        Assert.True(JsonNode.DeepEquals(edited, HttpRouteEditor.With(edited, keeping)));
        Assert.Equal(["elsewhere:80=1", "hello-v0-0-2:8080=100"], Backends(HttpRouteEditor.With(edited, keeping with { Weight = 100 })));
        Assert.DoesNotContain("kept", HttpRouteEditor.With(edited, keeping with { Weight = 100 }).ToJsonString(), StringComparison.Ordinal);
        Assert.True(JsonNode.DeepEquals(Route, HttpRouteEditor.With(edited, keeping.Back)));
    }

    [Fact]
    public void The_rule_that_proxies_are_asked_by_bears_the_mark_of_the_write_and_goes_with_it()
    {
        var edited = HttpRouteEditor.With(Route, Ten with { Proof = new("1f3b", 3) });

        Assert.Equal(["elsewhere:80=1", "hello-v0-0-2:8080=1", "hello-v0-0-2:8080=1", "hello-v0-0-1:8080=90 hello-v0-0-2:8080=10"], Backends(edited));
        var proof = edited["spec"]!["rules"]![2]!;
        Assert.Equal(
            ["Exact x-orchestrator-proof 1f3b", "Exact x-orchestrator-proof 1f3b"],
            proof.Items("matches").Select(match => match.Items("headers").Last()).Select(header => $"{header.Text("type")} {header.Text("name")} {header.Text("value")}"));
        Assert.Equal(
            """[{"type":"ResponseHeaderModifier","responseHeaderModifier":{"set":[{"name":"x-orchestrator-proof","value":"3"}]}}]""",
            proof["backendRefs"]![0]!["filters"]!.ToJsonString());
        Assert.True(JsonNode.DeepEquals(edited, HttpRouteEditor.With(edited, Ten with { Proof = new("1f3b", 3) })));
        Assert.True(JsonNode.DeepEquals(Route, HttpRouteEditor.With(edited, Ten.Back)));
    }

    [Fact]
    public void At_the_end_the_candidate_stands_alone() => Assert.Equal(
        ["elsewhere:80=1", "hello-v0-0-2:8080=100"],
        Backends(HttpRouteEditor.With(HttpRouteEditor.With(Route, Ten), Ten with { Weight = 100, Preview = null })));

    [Fact]
    public void What_is_not_to_be_split_is_refused_with_what_to_do()
    {
        Assert.Contains("Preview by another header", Refused(HttpRouteEditor.With(Route, Ten), Ten with { Preview = new("X", "2") }), StringComparison.Ordinal);
        Assert.Contains("neither v0-0-1 nor v0-0-3", Refused(HttpRouteEditor.With(Route, Ten), Ten with { Candidate = "v0-0-3" }), StringComparison.Ordinal);
        Assert.Contains("has no rule to a version of echo", Refused(Route, Ten with { Service = "echo" }), StringComparison.Ordinal);
    }

    private static string Refused(JsonObject route, TrafficSplit split) =>
        Assert.Throws<TrafficException>(() => HttpRouteEditor.With(route, split)).Message;
}
