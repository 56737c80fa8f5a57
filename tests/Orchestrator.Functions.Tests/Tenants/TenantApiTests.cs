using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.TestKit;

namespace Orchestrator.Functions.Tests.Tenants;

public sealed class TenantApiTests(RunningAppWithMesh app) : IClassFixture<RunningAppWithMesh>
{
    private static readonly string[] Everything =
        ["preflight", "namespace", "injection-label", "policies", "root-certificate", "gateway", "gateway-ready", "subsets", "routes", "routes-ready"];

    private static JsonObject Spec(string tenant, int? nodePort = null, string mode = "injection", string timeout = "60s", int maxReplicas = 5) =>
        Yaml.Read($$"""
            gateway:
              mode: {{mode}}
              maxReplicas: {{maxReplicas}}
              service: {type: NodePort, ports: [{name: http2, port: 80, targetPort: 8080, nodePort: {{nodePort ?? RunningApp.FreeNodePort()}}}]}
            services: [{name: hello, port: 8080, prefix: /{{tenant}}/, stable: v0-0-1}]
            readiness: {timeout: {{timeout}}}
            """);

    private static string Path(string tenant) => $"/api/tenants/{tenant}";

    private async Task<JsonObject> OnboardAsync(string tenant, JsonObject spec)
    {
        Assert.Equal(HttpStatusCode.Accepted, (await app.PutAsync(Path(tenant), spec)).StatusCode);
        return await app.PhaseAsync(Path(tenant), "Ready", "RolledBack", "Failed");
    }

    [Theory]
    [InlineData("injection")]
    [InlineData("istioOperator")]
    [InlineData("gatewayApi")]
    public async Task A_tenant_is_onboarded_and_the_same_spec_again_changes_nothing(string mode)
    {
        var tenant = $"ready-{mode}".ToLowerInvariant();
        var spec = Spec(tenant, mode: mode);

        var started = await app.PutAsync(Path(tenant), spec);
        var view = await app.PhaseAsync(Path(tenant), "Ready", "RolledBack", "Failed");
        var again = await app.PutAsync(Path(tenant), spec);

        Assert.Equal((HttpStatusCode.Accepted, Path(tenant)), (started.StatusCode, started.Headers.Location?.OriginalString));
        Assert.Equal(("Ready", tenant, $"tenant.{tenant}"), (view.Text("phase"), view.Text("tenant"), view.Text("instanceId")));
        Assert.Equal(Everything.Select(step => $"{step} Done"), view.Steps());
        Assert.Equal(mode, view["gateway"].Text("mode"));
        Assert.Equal(app.Cluster.Server.ApiUri.Host, view["gateway"]!["addresses"]![0]!.GetValue<string>());
        Assert.Null(view["waitingFor"]);
        Assert.Null(view["reason"]);
        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
        Assert.Contains((await app.Http.GetFromJsonAsync<JsonArray>("/api/tenants"))!, item => item.Text("tenant") == tenant);
    }

    [Fact]
    public async Task What_a_view_shows_as_spec_can_be_put_again()
    {
        await OnboardAsync("copied", Spec("copied"));

        var view = await app.GetAsync(Path("copied"));

        Assert.Equal(HttpStatusCode.OK, (await app.PutAsync(Path("copied"), view["spec"]!)).StatusCode);
    }

    [Fact]
    public async Task A_run_says_what_it_waits_for_and_takes_the_same_spec_only()
    {
        app.Cluster.Server.Faults.Deployments[("slow", "gw")] = new();
        var spec = Spec("slow");
        await app.PutAsync(Path("slow"), spec);

        var waiting = await app.WaitingAsync(Path("slow"), "Deployment slow/gw: 0 of 2 replicas available");
        var same = await app.PutAsync(Path("slow"), spec);
        var other = await app.PutAsync(Path("slow"), Spec("slow"));
        var deleted = await app.Http.DeleteAsync(Path("slow"));
        app.Cluster.Server.Faults.Deployments.TryRemove(("slow", "gw"), out _);
        var ready = await app.PhaseAsync(Path("slow"), "Ready", "RolledBack", "Failed");

        Assert.Equal("Onboarding", waiting.Text("phase"));
        Assert.True(waiting["waitingFor"]!["until"]!.GetValue<DateTime>() > DateTime.UtcNow.AddSeconds(-60));
        Assert.Equal((HttpStatusCode.Accepted, "tenant.slow"), (same.StatusCode, (await same.JsonAsync()).Text("instanceId")));
        Assert.Contains("being onboarded with another spec", await other.ProblemAsync(HttpStatusCode.Conflict), StringComparison.Ordinal);
        Assert.Contains("wait until that has ended", await deleted.ProblemAsync(HttpStatusCode.Conflict), StringComparison.Ordinal);
        Assert.Equal("Ready", ready.Text("phase"));
    }

    [Fact]
    public async Task A_namespace_of_somebody_else_is_refused_and_not_touched()
    {
        await app.Cluster.Resources.CreateAsync(ResourceType.Namespace, Yaml.Read("{metadata: {name: theirs, labels: {team: x}}}"), default);
        var before = await app.Cluster.TextAsync(ResourceType.Namespace, null, "theirs");

        var view = await OnboardAsync("theirs", Spec("theirs"));

        Assert.Equal("RolledBack", view.Text("phase"));
        Assert.Contains("owned by somebody else", view.Text("reason"), StringComparison.Ordinal);
        Assert.Equal(["preflight Failed", .. Everything.Skip(1).Select(step => $"{step} Pending")], view.Steps());
        Assert.Equal(before, await app.Cluster.TextAsync(ResourceType.Namespace, null, "theirs"));
    }

    [Fact]
    public async Task A_nodePort_that_is_taken_is_refused_with_its_owner_and_nothing_is_left_behind()
    {
        var port = RunningApp.FreeNodePort();
        var service = Yaml.Read($$"""
            metadata: {name: web, namespace: default}
            spec: {type: NodePort, ports: [{port: 80, nodePort: {{port}} }]}
            """);
        await app.Cluster.Resources.CreateAsync(ResourceType.Service, service, default);

        var view = await OnboardAsync("second", Spec("second", port));

        Assert.Equal("RolledBack", view.Text("phase"));
        Assert.Contains($"nodePort {port} is taken by Service default/web", view.Text("reason"), StringComparison.Ordinal);
        Assert.Null(await app.Cluster.TextAsync(ResourceType.Namespace, null, "second"));
    }

    [Fact]
    public async Task A_nodePort_of_another_tenant_is_refused_at_once_until_that_tenant_is_gone()
    {
        var port = RunningApp.FreeNodePort();
        await OnboardAsync("holder", Spec("holder", port));

        var refused = await (await app.PutAsync(Path("wanting"), Spec("wanting", port))).ProblemAsync(HttpStatusCode.Conflict);
        await (await app.Http.GetAsync(Path("wanting"))).ProblemAsync(HttpStatusCode.NotFound);
        await app.Http.DeleteAsync(Path("holder"));
        await app.PhaseAsync(Path("holder"), "Offboarded", "Failed");
        var view = await OnboardAsync("wanting", Spec("wanting", port));

        Assert.Contains($"nodePort {port} is taken by tenant 'holder'", refused, StringComparison.Ordinal);
        Assert.Equal("Ready", view.Text("phase"));
    }

    [Theory]
    [InlineData("injection", "gw")]
    [InlineData("istioOperator", "istio-ingress-gateway")]
    [InlineData("gatewayApi", "{0}-gateway-istio")]
    public async Task A_gateway_that_never_gets_ready_is_taken_back_at_the_deadline(string mode, string deployment)
    {
        var tenant = $"never-{mode}".ToLowerInvariant();
        deployment = string.Format(CultureInfo.InvariantCulture, deployment, tenant);
        app.Cluster.Server.Faults.Deployments[(tenant, deployment)] = new();

        var view = await OnboardAsync(tenant, Spec(tenant, mode: mode, timeout: "5s"));

        Assert.Equal("RolledBack", view.Text("phase"));
        Assert.Matches($"not done within 5s, waiting for .*Deployment {tenant}/{deployment}", view.Text("reason"));
        Assert.Equal(
            [
                "preflight Done", "namespace Undone", "injection-label Undone", "policies Undone", "root-certificate Done",
                "gateway Undone", "gateway-ready Failed", "subsets Pending", "routes Pending", "routes-ready Pending",
            ],
            view.Steps());
        Assert.Null(await app.Cluster.TextAsync(ResourceType.Namespace, null, tenant));
        Assert.Null(await app.Cluster.TextAsync(ResourceType.IstioOperator, "istio-system", $"{tenant}-ingress-gateway"));
    }

    [Fact]
    public async Task An_API_server_in_trouble_delays_a_run_and_does_not_end_it()
    {
        app.Cluster.Server.Faults.Api[("patch", "poddisruptionbudgets")] = new(500, Count: 6);

        var view = await OnboardAsync("patient", Spec("patient"));

        Assert.Equal("Ready", view.Text("phase"));
        Assert.DoesNotContain(new("patch", "poddisruptionbudgets"), app.Cluster.Server.Faults.Api.Keys);
    }

    [Theory]
    [InlineData("injection", "gw")]
    [InlineData("istioOperator", "istio-ingress-gateway")]
    [InlineData("gatewayApi", "{0}-gateway-istio")]
    public async Task A_changed_spec_updates_the_tenant(string mode, string gateway)
    {
        var port = RunningApp.FreeNodePort();
        var tenant = $"grown-{mode}".ToLowerInvariant();
        gateway = string.Format(CultureInfo.InvariantCulture, gateway, tenant);
        await OnboardAsync(tenant, Spec(tenant, port, mode));

        var view = await OnboardAsync(tenant, Spec(tenant, port, mode, maxReplicas: 7));

        Assert.Equal(("Ready", 7), (view.Text("phase"), view["spec"]!["gateway"]!["maxReplicas"]!.GetValue<int>()));
        var autoscaler = await app.Cluster.Resources.GetAsync(ResourceType.HorizontalPodAutoscaler, tenant, gateway, default);
        Assert.Equal(7, autoscaler.Number("spec", "maxReplicas"));
    }

    [Theory]
    [InlineData("injection", "gw")]
    [InlineData("istioOperator", "istio-ingress-gateway")]
    [InlineData("gatewayApi", "{0}-gateway-istio")]
    public async Task An_update_that_fails_leaves_the_tenant_exactly_as_it_was(string mode, string gateway)
    {
        var tenant = $"kept-{mode}".ToLowerInvariant();
        gateway = string.Format(CultureInfo.InvariantCulture, gateway, tenant);
        var spec = Spec(tenant, mode: mode);
        await OnboardAsync(tenant, spec);
        var before = await StateAsync();
        app.Cluster.Server.Faults.Deployments[(tenant, gateway)] = new();
        var wider = Spec(tenant, mode: mode, timeout: "5s", maxReplicas: 9);
        wider["gateway"]!["minReplicas"] = 3;
        wider["owner"] = "team-new";

        var view = await OnboardAsync(tenant, wider);
        app.Cluster.Server.Faults.Deployments.TryRemove((tenant, gateway), out _);

        Assert.Equal("RolledBack", view.Text("phase"));
        Assert.Equal(5, view["spec"]!["gateway"]!["maxReplicas"]!.GetValue<int>());
        await Eventually.Async(async () => await StateAsync() == before, TimeSpan.FromSeconds(20), "the gateway as it was");

        async Task<string> StateAsync()
        {
            List<string?> texts = [await app.Cluster.TextAsync(ResourceType.Namespace, null, tenant)];
            foreach (var type in (ResourceType[])[ResourceType.Service, ResourceType.HorizontalPodAutoscaler])
            {
                texts.Add((await app.Cluster.Resources.GetAsync(type, tenant, gateway, default))!["spec"]!.ToJsonString());
            }

            foreach (var (type, name) in new[]
            {
                (ResourceType.HttpRoute, "hello"), (ResourceType.KubernetesGateway, $"{tenant}-gateway"), (ResourceType.ConfigMap, $"{tenant}-gateway-options"),
            })
            {
                var found = await app.Cluster.Resources.GetAsync(type, tenant, name, default);
                texts.Add($"{found?["metadata"]!["annotations"]!.ToJsonString()}{(found?["spec"] ?? found?["data"])?.ToJsonString()}");
            }

            texts.Add(await app.Cluster.TextAsync(ResourceType.VirtualService, tenant, "hello"));
            texts.Add(await app.Cluster.TextAsync(ResourceType.Gateway, tenant, $"{tenant}-gateway"));
            return string.Join('\n', texts);
        }
    }

    [Fact]
    public async Task A_tenant_is_offboarded_leaves_nothing_behind_and_can_come_back()
    {
        var spec = Spec("leaving", mode: "istioOperator");
        await OnboardAsync("leaving", spec);

        var deleted = await app.Http.DeleteAsync(Path("leaving"));
        var view = await app.PhaseAsync(Path("leaving"), "Offboarded", "Failed");

        Assert.Equal((HttpStatusCode.Accepted, Path("leaving")), (deleted.StatusCode, deleted.Headers.Location?.OriginalString));
        Assert.Equal("Offboarding", (await deleted.JsonAsync()).Text("phase"));
        Assert.Equal(["routes Done", "gateway Done", "namespace Done"], view.Steps());
        Assert.Null(await app.Cluster.TextAsync(ResourceType.Namespace, null, "leaving"));
        Assert.Null(await app.Cluster.TextAsync(ResourceType.IstioOperator, "istio-system", "leaving-ingress-gateway"));
        Assert.DoesNotContain((await app.Http.GetFromJsonAsync<JsonArray>("/api/tenants"))!, item => item.Text("tenant") == "leaving");
        await (await app.Http.DeleteAsync(Path("leaving"))).ProblemAsync(HttpStatusCode.NotFound);
        Assert.Equal("Ready", (await OnboardAsync("leaving", spec)).Text("phase"));
    }

    [Fact]
    public async Task A_tenant_that_nobody_knows_is_not_found()
    {
        await (await app.Http.GetAsync(Path("nobody"))).ProblemAsync(HttpStatusCode.NotFound);
        await (await app.Http.GetAsync(Path("No_Body"))).ProblemAsync(HttpStatusCode.NotFound);
        await (await app.Http.DeleteAsync(Path("nobody"))).ProblemAsync(HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("bad", "{", " malformed")]
    [InlineData("bad", """{"colour":1,"gateway":{"service":{"ports":[{"name":"a","port":0}]}}}""", "/colour unknown /gateway/service/ports/0/port range")]
    [InlineData("Bad", """{"gateway":{"service":{"ports":[{"name":"http2","port":80}]}}}""", "/tenant invalid")]
    [InlineData("kube-system", """{"gateway":{"service":{"ports":[{"name":"http2","port":80}]}}}""", "/tenant invalid")]
    [InlineData("bad", """{"cluster":"east","gateway":{"service":{"ports":[{"name":"http2","port":80}]}}}""", "/cluster unknown")]
    public async Task A_bad_request_is_answered_with_every_problem_and_starts_nothing(string tenant, string body, string problems)
    {
        var response = await app.Http.PutAsync(Path(tenant), new StringContent(body, Encoding.UTF8, "application/json"));

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        var errors = (await response.JsonAsync())["errors"]!.AsArray();
        Assert.Equal(problems, string.Join(' ', errors.Select(e => $"{e.Text("pointer")} {e.Text("code")}").Order(StringComparer.Ordinal)));
        await (await app.Http.GetAsync(Path("bad"))).ProblemAsync(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_tenant_lives_on_one_cluster()
    {
        var spec = Spec("settled");
        await OnboardAsync("settled", spec);
        spec["cluster"] = "west";

        var moved = await app.PutAsync(Path("settled"), spec);

        Assert.Contains("lives on cluster 'default'", await moved.ProblemAsync(HttpStatusCode.Conflict), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Many_puts_of_one_tenant_at_once_are_one_run()
    {
        app.Cluster.Server.Faults.Deployments[("crowded", "gw")] = new(); // The run lasts as long as the puts do.
        var spec = Spec("crowded").ToJsonString();

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => app.PutAsync(Path("crowded"), JsonNode.Parse(spec)!)));

        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode));
        app.Cluster.Server.Faults.Deployments.TryRemove(("crowded", "gw"), out _);
        var view = await app.PhaseAsync(Path("crowded"), "Ready", "RolledBack", "Failed");
        Assert.Equal("Ready", view.Text("phase"));
    }
}
