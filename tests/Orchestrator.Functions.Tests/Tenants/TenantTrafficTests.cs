using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.TestKit;

namespace Orchestrator.Functions.Tests.Tenants;

/// <summary>Tenants as those see them who call their products.</summary>
public sealed class TenantTrafficTests(RunningAppWithMesh app) : IClassFixture<RunningAppWithMesh>
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    private async Task OnboardAsync(string tenant, string mode, int nodePort, string services)
    {
        var spec = Yaml.Read($$"""
            gateway:
              mode: {{mode}}
              service: {type: NodePort, ports: [{name: http2, port: 80, targetPort: 8080, nodePort: {{nodePort}} }] }
            services: {{services}}
            """);
        (await app.PutAsync($"/api/tenants/{tenant}", spec)).EnsureSuccessStatusCode();
        var view = await app.PhaseAsync($"/api/tenants/{tenant}", "Ready", "RolledBack", "Failed");
        Assert.Equal("Ready", view.Text("phase"));
    }

    /// <summary>What a caller gets at a nodePort; null while nothing listens there.</summary>
    private async Task<string?> CallAsync(int nodePort, string path)
    {
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(5) };
        try
        {
            var response = await http.GetAsync($"http://{app.Cluster.Server.ApiUri.Host}:{nodePort}{path}");
            return $"{(int)response.StatusCode} {(await response.Content.ReadAsStringAsync()).Trim()}".Trim();
        }
        catch (Exception e) when (Unanswered.Is(e))
        {
            return null;
        }
    }

    private Task AnswersAsync(int nodePort, string path, string? expected) => Eventually.Async(
        async () => await CallAsync(nodePort, path) is var answer && answer == expected ? true : throw new InvalidOperationException($"It is '{answer}'."),
        Deadline,
        $"{path} at {nodePort} to answer '{expected}'");

    [Theory]
    [InlineData("injection")]
    [InlineData("istioOperator")]
    [InlineData("gatewayApi")]
    public async Task Each_service_of_a_tenant_is_reached_at_its_nodePort_and_prefix(string mode)
    {
        var tenant = $"serving-{mode}".ToLowerInvariant();
        var port = RunningApp.FreeNodePort();
        await OnboardAsync(tenant, mode, port, "[{name: hello, prefix: /foo/, stable: v0-0-1}, {name: echo, prefix: /echo/, stable: v0-0-3}]");
        await app.DeployAsync(tenant, "hello", "v0-0-1", "Foo");
        await app.DeployAsync(tenant, "echo", "v0-0-3", "Echo");

        await AnswersAsync(port, "/foo/hello", "200 Hello Foo 0.0.1");
        await AnswersAsync(port, "/echo/", "200 Hello Echo 0.0.3");
        await AnswersAsync(port, "/other/", "404");
    }

    /// <summary>The rules take seconds to reach the replicas, each in its own time. A connection meets one by chance; so many meet all.</summary>
    [Theory]
    [InlineData("injection")]
    [InlineData("istioOperator")]
    [InlineData("gatewayApi")]
    public async Task The_first_requests_after_a_tenant_is_ready_are_answered_by_whichever_replica_they_meet(string mode)
    {
        var tenant = $"first-{mode}".ToLowerInvariant();
        var port = RunningApp.FreeNodePort();
        await app.Cluster.Resources.CreateAsync(
            ResourceType.Namespace, Yaml.Read($$"""{metadata: {name: {{tenant}}, labels: {orchestrator/tenant: {{tenant}} } } }"""), default);
        await app.DeployAsync(tenant, "hello", "v0-0-1", "Foo");
        await app.Cluster.PropagateInAsync(delayMs: 2500, spreadMs: 1500);

        await OnboardAsync(tenant, mode, port, "[{name: hello, prefix: /foo/, stable: v0-0-1}]");
        var answers = await Task.WhenAll(Enumerable.Range(0, 30).Select(_ => CallAsync(port, "/foo/hello")));
        await app.Cluster.PropagateInAsync(delayMs: 200, spreadMs: 150);

        Assert.All(answers, answer => Assert.Equal("200 Hello Foo 0.0.1", answer));
    }

    [Fact]
    public async Task A_version_that_is_deployed_gets_no_request_before_a_canary_gives_it_some()
    {
        var port = RunningApp.FreeNodePort();
        await OnboardAsync("pinned", "injection", port, "[{name: hello, prefix: /foo/, stable: v0-0-1}]");
        await app.DeployAsync("pinned", "hello", "v0-0-1", "Foo");
        await app.DeployAsync("pinned", "hello", "v0-0-2", "Foo");
        await Eventually.Async(
            async () => (await app.Cluster.Resources.GetAsync(ResourceType.Deployment, "pinned", "hello-v0-0-2", default))
                .Number("status", "availableReplicas") == 2,
            Deadline,
            "version v0-0-2 to be ready");
        List<string> seen = [];

        // Each gateway replica learns a new route in its own time; until then it answers 503, but never from the new version.
        await Eventually.Async(
            async () =>
            {
                var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => CallAsync(port, "/foo/hello")));
                seen.AddRange(answers.OfType<string>());
                return answers.All(answer => answer == "200 Hello Foo 0.0.1");
            },
            Deadline,
            "every gateway replica to answer from v0-0-1");

        Assert.DoesNotContain(seen, answer => answer.Contains("0.0.2", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_tenant_that_was_offboarded_answers_no_more_and_its_neighbour_goes_on()
    {
        var (port, other) = (RunningApp.FreeNodePort(), RunningApp.FreeNodePort());
        await OnboardAsync("going", "istioOperator", port, "[{name: hello, prefix: /foo/, stable: v0-0-1}]");
        await OnboardAsync("staying", "istioOperator", other, "[{name: hello, prefix: /foo/, stable: v0-0-1}]");
        await app.DeployAsync("going", "hello", "v0-0-1", "Going");
        await app.DeployAsync("staying", "hello", "v0-0-1", "Staying");
        await AnswersAsync(port, "/foo/hello", "200 Hello Going 0.0.1");

        await app.Http.DeleteAsync("/api/tenants/going");
        await app.PhaseAsync("/api/tenants/going", "Offboarded", "Failed");

        await AnswersAsync(port, "/foo/hello", null);
        await AnswersAsync(other, "/foo/hello", "200 Hello Staying 0.0.1");
    }

    [Fact]
    public async Task A_frozen_tenants_canary_goes_on_when_the_tenant_is_put_without_the_freeze()
    {
        var spec = RunningApp.InnerTenant("resting");
        spec["freezes"] = Yaml.Read("{all: [{from: '2001-01-01T00:00Z', reason: holidays}]}")["all"]!.DeepClone();
        (await app.PutAsync("/api/tenants/resting", spec)).EnsureSuccessStatusCode();
        await app.PhaseAsync("/api/tenants/resting", "Ready");
        await app.DeployAsync("resting", "hello", "v0-0-1", "Foo");
        var canary = JsonNode.Parse("""{"service":"hello","candidate":{"version":"v0-0-2","image":"hello:0.0.2"},"steps":[{"pause":{"duration":"1s"}}]}""");
        (await app.Http.PostAsJsonAsync("/api/tenants/resting/canaries", canary)).EnsureSuccessStatusCode();
        await app.WaitingAsync("/api/tenants/resting/canaries/hello", "tenant resting is frozen until that is lifted (holidays)");

        spec.Remove("freezes");
        (await app.PutAsync("/api/tenants/resting", spec)).EnsureSuccessStatusCode();
        await app.PhaseAsync("/api/tenants/resting/canaries/hello", "Promoted");
    }

    [Fact]
    public async Task A_tenant_is_not_taken_from_under_a_canary()
    {
        var port = RunningApp.FreeNodePort();
        await OnboardAsync("busy", "injection", port, "[{name: hello, prefix: /foo/, stable: v0-0-1}]");
        await app.DeployAsync("busy", "hello", "v0-0-1", "Foo");
        await AnswersAsync(port, "/foo/hello", "200 Hello Foo 0.0.1");
        var canary = JsonNode.Parse("""{"service":"hello","candidate":{"version":"v0-0-2","image":"hello:0.0.2"},"steps":[{"approve":{}}]}""");
        (await app.Http.PostAsJsonAsync("/api/tenants/busy/canaries", canary)).EnsureSuccessStatusCode();
        await app.PhaseAsync("/api/tenants/busy/canaries/hello", "AwaitingApproval");

        var refused = await (await app.Http.DeleteAsync("/api/tenants/busy")).ProblemAsync(HttpStatusCode.Conflict);
        (await app.Http.PostAsJsonAsync(
            "/api/tenants/busy/canaries/hello/abort", JsonNode.Parse("""{"by":"ann","reason":"the tenant goes"}"""))).EnsureSuccessStatusCode();
        await app.PhaseAsync("/api/tenants/busy/canaries/hello", "Aborted");
        var accepted = await app.Http.DeleteAsync("/api/tenants/busy");
        var view = await app.PhaseAsync("/api/tenants/busy", "Offboarded", "Failed");

        Assert.Contains("orc canaries abort busy hello", refused, StringComparison.Ordinal);
        Assert.Equal((HttpStatusCode.Accepted, "Offboarded"), (accepted.StatusCode, view.Text("phase")));
    }
}
