using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.TestKit;

namespace Orchestrator.Functions.Tests.Canaries;

/// <summary>Canaries of a tenant whose gateway is one of the Gateway API, as those see them who call its product.</summary>
public sealed class HttpRouteCanaryTests(RunningAppWithMesh app) : IClassFixture<RunningAppWithMesh>
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    private async Task<int> OnboardAsync(string tenant)
    {
        var port = RunningApp.FreeNodePort();
        (await app.PutAsync($"/api/tenants/{tenant}", Yaml.Read($$"""
            gateway: {mode: gatewayApi, service: {type: NodePort, ports: [{name: http2, port: 80, nodePort: {{port}} }] } }
            services: [{name: hello, prefix: /foo/, stable: v0-0-1}]
            """))).EnsureSuccessStatusCode();
        Assert.Equal("Ready", (await app.PhaseAsync($"/api/tenants/{tenant}", "Ready", "RolledBack", "Failed")).Text("phase"));
        await app.Cluster.Resources.CreateAsync(
            ResourceType.Deployment,
            Yaml.Read($$"""
                metadata: {name: hello-v0-0-1, namespace: {{tenant}} }
                spec:
                  replicas: 2
                  selector: {matchLabels: {app: hello, version: v0-0-1} }
                  template:
                    metadata: {labels: {app: hello, version: v0-0-1} }
                    spec: {containers: [{name: hello, image: "hello:0.0.1", env: [{name: GREETING, value: Foo}], ports: [{containerPort: 8080}]}]}
                """),
            default);
        await AnswersAsync(port, null, answer => answer == "Hello Foo 0.0.1");
        return port;
    }

    private async Task StartAsync(string tenant, string steps) => (await app.Http.PostAsJsonAsync(
        $"/api/tenants/{tenant}/canaries",
        JsonNode.Parse($$$"""
            {"service":"hello","candidate":{"version":"v0-0-2","image":"hello:0.0.2"},"keepStable":"0s",
             "preview":{"header":{"name":"version","value":"v0-0-2"}},"steps":[{{{steps}}}]}
            """))).EnsureSuccessStatusCode();

    private async Task SayAsync(string tenant, string verb) => (await app.Http.PostAsJsonAsync(
        $"/api/tenants/{tenant}/canaries/hello/{verb}", JsonNode.Parse("""{"by":"ann","reason":"because"}"""))).EnsureSuccessStatusCode();

    private Task<JsonObject> PhaseAsync(string tenant, params string[] phases) => app.PhaseAsync($"/api/tenants/{tenant}/canaries/hello", phases);

    private async Task<string> CallAsync(int port, string? version)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, $"http://{app.Cluster.Server.ApiUri.Host}:{port}/foo/hello");
        if (version is not null)
        {
            request.Headers.Add("version", version);
        }

        try
        {
            return (await (await http.SendAsync(request)).Content.ReadAsStringAsync()).Trim();
        }
        catch (HttpRequestException e)
        {
            return e.Message;
        }
    }

    private Task AnswersAsync(int port, string? version, Func<string, bool> isRight) => Eventually.Async(
        async () => (await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => CallAsync(port, version)))).All(isRight), Deadline, "every answer to be right");

    private async Task<IReadOnlyList<string>> BackendsAsync(string tenant)
    {
        var route = await app.Cluster.Resources.GetAsync(ResourceType.HttpRoute, tenant, "hello", default);
        return [.. route.Items("spec", "rules").Select(rule => string.Join(' ', rule.Items("backendRefs").Select(to => $"{to.Text("name")}={to.Number("weight")}")))];
    }

    [Fact]
    public async Task A_candidate_is_previewed_gets_a_share_and_is_promoted()
    {
        var port = await OnboardAsync("promoting");

        await StartAsync("promoting", """{"preview":{}},{"approve":{}},{"setWeight":40},{"approve":{}},{"setWeight":100}""");
        await PhaseAsync("promoting", "AwaitingApproval");
        await AnswersAsync(port, "v0-0-2", answer => answer == "Hello Foo 0.0.2");
        await AnswersAsync(port, null, answer => answer == "Hello Foo 0.0.1");
        Assert.Equal(["hello-v0-0-2=1", "hello-v0-0-1=100"], await BackendsAsync("promoting"));
        await SayAsync("promoting", "approve");
        await Eventually.Async(
            async () => (await BackendsAsync("promoting")).SequenceEqual(["hello-v0-0-2=1", "hello-v0-0-1=60 hello-v0-0-2=40"]), Deadline, "40 %");
        await Eventually.Async(
            async () => (await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => CallAsync(port, null)))).Distinct().Order(StringComparer.Ordinal)
                .SequenceEqual(["Hello Foo 0.0.1", "Hello Foo 0.0.2"]),
            Deadline,
            "answers of both versions and nothing else");
        await SayAsync("promoting", "promote?full=true");
        await PhaseAsync("promoting", "Promoted");

        await AnswersAsync(port, null, answer => answer == "Hello Foo 0.0.2");
        Assert.Equal(["hello-v0-0-2=100"], await BackendsAsync("promoting"));
        await Eventually.Async(
            async () => await app.Cluster.Resources.GetAsync(ResourceType.Service, "promoting", "hello-v0-0-1", default) is null, Deadline, "no Service of v0-0-1");
        Assert.False((await app.GetAsync("/api/tenants/promoting/drift"))["drifted"]!.GetValue<bool>());
    }

    [Fact]
    public async Task A_candidate_that_is_rejected_leaves_everything_as_it_was()
    {
        var port = await OnboardAsync("rejecting");
        var before = await StateAsync();

        await StartAsync("rejecting", """{"setWeight":30},{"approve":{}}""");
        await PhaseAsync("rejecting", "AwaitingApproval");
        Assert.NotEqual(before, await StateAsync());
        await SayAsync("rejecting", "reject");
        await PhaseAsync("rejecting", "RolledBack", "Aborted");

        Assert.Equal(before, await StateAsync());
        await AnswersAsync(port, "v0-0-2", answer => answer == "Hello Foo 0.0.1");

        async Task<string> StateAsync()
        {
            var route = (await app.Cluster.Resources.GetAsync(ResourceType.HttpRoute, "rejecting", "hello", default))!;
            var services = await app.Cluster.Resources.ListAsync(ResourceType.Service, "rejecting", null, default);
            return $"{route["spec"]!.ToJsonString()} {route["metadata"]!["labels"]!.ToJsonString()} {string.Join(' ', services.Select(service => $"{service.Name}{service["spec"]!.ToJsonString()}"))}";
        }
    }
}
