using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.TestKit;

namespace Orchestrator.Functions.Tests.Tenants;

/// <summary>Tenants whose pods have no proxies, on a mesh of Sail's that serves ambient.</summary>
public sealed class AmbientTenantTests : IAsyncLifetime
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    private static readonly ResourceType[] Kinds =
    [
        ResourceType.Namespace, ResourceType.Deployment, ResourceType.Service, ResourceType.ServiceAccount, ResourceType.ConfigMap,
        ResourceType.HorizontalPodAutoscaler, ResourceType.PodDisruptionBudget, ResourceType.NetworkPolicy, ResourceType.KubernetesGateway,
        ResourceType.HttpRoute, ResourceType.Sidecar, ResourceType.PeerAuthentication, ResourceType.AuthorizationPolicy, ResourceType.Pod,
    ];

    private readonly RunningApp app = new();

    private IResources Resources => app.Cluster.Resources;

    public async Task InitializeAsync()
    {
        await app.InitializeAsync();
        await app.Cluster.InstallSailAsync();
        (await app.PutAsync("/api/meshes/default", Yaml.Read("{provider: sail}"))).EnsureSuccessStatusCode();
        Assert.Equal("Ready", (await app.PhaseAsync("/api/meshes/default", "Ready", "Failed")).Text("phase"));
        await app.Cluster.ServeAmbientAsync();
        Assert.Contains((await app.GetAsync("/api/meshes/default?live=true"))["findings"]!.AsArray(), finding => finding.Text("code") == "ambient");
    }

    public Task DisposeAsync() => app.DisposeAsync();

    private static JsonObject Spec(int nodePort, string timeout = "60s", string mesh = "dataPlane: ambient") => Yaml.Read($$"""
        mesh: { {{mesh}} }
        gateway: {mode: gatewayApi, service: {type: NodePort, ports: [{name: http2, port: 80, nodePort: {{nodePort}} }] } }
        services: [{name: hello, prefix: /foo/, stable: v0-0-1}]
        readiness: {timeout: {{timeout}} }
        """);

    private async Task<JsonObject> PutAsync(JsonObject spec)
    {
        (await app.PutAsync("/api/tenants/foo", spec)).EnsureSuccessStatusCode();
        return await app.PhaseAsync("/api/tenants/foo", "Ready", "RolledBack", "Failed");
    }

    private async Task<int> ServeAsync()
    {
        var port = RunningApp.FreeNodePort();
        var ready = await PutAsync(Spec(port));
        Assert.True(ready.Text("phase") == "Ready", ready.ToJsonString());
        await app.DeployAsync("foo");
        await AnswersAsync(port, "Hello Foo 0.0.1");
        return port;
    }

    private async Task<string> CallAsync(int port)
    {
        using var http = new HttpClient();
        return (await http.GetStringAsync($"http://{app.Cluster.Server.ApiUri.Host}:{port}/foo/hello")).Trim();
    }

    private Task AnswersAsync(int port, string answer) => Eventually.Async(
        async () => (await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => CallAsync(port)))).All(got => got == answer), Deadline, $"every answer to be {answer}");

    /// <summary>Who reported requests that the product answered.</summary>
    private async Task<IReadOnlyList<string>> ReportedAsync()
    {
        using var http = new HttpClient();
        var text = await http.GetStringAsync(new Uri(app.Cluster.Server.MetricsUri, "metrics"));
        return
        [
            .. text.Split('\n')
                .Where(line => line.StartsWith("istio_requests_total{", StringComparison.Ordinal) && line.Contains("destination_app=\"hello\"", StringComparison.Ordinal))
                .Select(line => line.Split("reporter=\"")[1].Split('"')[0])
                .Distinct()
                .Order(StringComparer.Ordinal),
        ];
    }

    /// <summary>Every object, but for what the server counts and what controllers report.</summary>
    private async Task<string> EverythingAsync()
    {
        List<string> objects = [];
        foreach (var kind in Kinds)
        {
            foreach (var found in await Resources.ListAsync(kind, null, null, default))
            {
                found.Remove("status");
                foreach (var counted in (string[])["resourceVersion", "generation", "managedFields"])
                {
                    found["metadata"]!.AsObject().Remove(counted);
                }

                objects.Add($"{kind.Kind} {found.Title} {found.ToJsonString()}");
            }
        }

        return string.Join('\n', objects.Order(StringComparer.Ordinal));
    }

    private Task UnchangedAsync(string before) => Eventually.Async(
        async () => await EverythingAsync() is var now && now == before ? true : throw new InvalidOperationException($"was {before}\nis {now}"),
        Deadline,
        "everything as it was");

    [Fact]
    public async Task A_tenant_serves_through_its_waypoint_is_put_back_when_it_drifts_and_leaves_nothing_behind()
    {
        var before = await EverythingAsync();

        // 1. Requests go by the waypoint to pods that have no proxies.
        var port = await ServeAsync();
        var ready = await app.GetAsync("/api/tenants/foo");
        Assert.Equal(
            ["root-certificate Done", "waypoint Done", "waypoint-ready Done", "gateway Done", "gateway-ready Done"], ready.Steps().Skip(4).Take(5));
        var labels = (await Resources.GetAsync(ResourceType.Namespace, null, "foo", default))!;
        Assert.Equal(
            ("ambient", "waypoint", "true", null, null),
            (labels.Label("istio.io/dataplane-mode"), labels.Label("istio.io/use-waypoint"), labels.Label("istio.io/ingress-use-waypoint"),
                labels.Label("istio-injection"), labels.Label("istio.io/rev")));
        Assert.Equal(["source", "waypoint"], await ReportedAsync());
        var pods = await Resources.ListAsync(ResourceType.Pod, "foo", "app=hello", default);
        Assert.All(pods, pod => Assert.Equal(("enabled", 1), (pod.Annotation("ambient.istio.io/redirection"), pod.Items("spec", "containers").Count())));
        Assert.Equal(2, (await Resources.GetAsync(ResourceType.Deployment, "foo", "waypoint", default)).Number("status", "availableReplicas"));
        Assert.Empty(await Resources.ListAsync(ResourceType.Sidecar, "foo", null, default));

        // 2. A second run has nothing to write.
        var again = await PutAsync(Spec(port, "61s"));
        Assert.All(again["steps"]!.AsArray(), step => Assert.Contains(step.Text("result"), (string[])["Ready", "Unchanged"]));

        // 3. A waypoint that somebody takes away is found, and put back.
        Assert.False((await app.GetAsync("/api/tenants/foo/drift"))["drifted"]!.GetValue<bool>());
        await Resources.DeleteAsync(ResourceType.KubernetesGateway, "foo", "waypoint", null, default);
        await Eventually.Async(
            async () => await Resources.GetAsync(ResourceType.Deployment, "foo", "waypoint", default) is null, Deadline, "the waypoint to be gone");
        Assert.Equal(
            ["Gateway foo/waypoint "],
            (await app.GetAsync("/api/tenants/foo/drift"))["fields"]!.AsArray().Select(field => $"{field.Text("object")} {field.Text("field")}"));
        (await app.Http.PostAsync("/api/tenants/foo/repair", null)).EnsureSuccessStatusCode();
        var repaired = await app.PhaseAsync("/api/tenants/foo", "Ready", "Failed");
        Assert.Equal((null, "Ready"), (repaired.Text("reason"), repaired.Text("phase")));
        Assert.Equal(["policies Done", "waypoint Done", "waypoint-ready Done", "gateway Done"], repaired.Steps().Skip(1).Take(4));
        await AnswersAsync(port, "Hello Foo 0.0.1");
        Assert.False((await app.GetAsync("/api/tenants/foo/drift"))["drifted"]!.GetValue<bool>());

        // 4. It stays what it is while it serves.
        var refused = await (await app.PutAsync("/api/tenants/foo", Spec(port, mesh: "dataPlane: sidecar"))).ProblemAsync(HttpStatusCode.Conflict);
        Assert.Contains("The data plane of tenant 'foo' cannot change while it serves", refused, StringComparison.Ordinal);

        // 5. Offboarded it leaves the cluster as it was.
        (await app.Http.DeleteAsync("/api/tenants/foo")).EnsureSuccessStatusCode();
        var gone = await app.PhaseAsync("/api/tenants/foo", "Offboarded", "Failed");
        Assert.Equal(["routes Done", "gateway Done", "waypoint Done", "namespace Done"], gone.Steps());
        await UnchangedAsync(before);
    }

    [Fact]
    public async Task A_waypoint_that_does_not_get_ready_is_taken_away_with_all_that_came_before_it()
    {
        var before = await EverythingAsync();
        app.Cluster.Server.Faults.Deployments[("foo", "waypoint")] = new();

        var failed = await PutAsync(Spec(RunningApp.FreeNodePort(), "6s"));

        Assert.Equal("RolledBack", failed.Text("phase"));
        Assert.Contains("Deployment foo/waypoint: 0 of 2 replicas available", failed.Text("reason"), StringComparison.Ordinal);
        Assert.Equal(["policies Undone", "root-certificate Done", "waypoint Undone", "waypoint-ready Failed", "gateway Pending"], failed.Steps().Skip(3).Take(5));
        await UnchangedAsync(before);
    }

    [Fact]
    public async Task A_candidate_is_judged_by_what_the_waypoint_reports_and_promoted()
    {
        var port = await ServeAsync();
        using var done = new CancellationTokenSource();
        var load = Task.Run(async () =>
        {
            while (!done.IsCancellationRequested)
            {
                await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => CallAsync(port)));
            }
        });

        (await app.Http.PostAsJsonAsync("/api/tenants/foo/canaries", Yaml.Read("""
            service: hello
            candidate: {version: v0-0-2, image: "hello:0.0.2"}
            steps: [{setWeight: 40}, {analyze: {count: 2}}, {approve: {}}, {setWeight: 100}]
            analysis: {interval: 1s, minRequests: 5, metrics: [{name: success-rate, min: 99}]}
            keepStable: 0s
            """))).EnsureSuccessStatusCode();
        var judged = await app.PhaseAsync("/api/tenants/foo/canaries/hello", "AwaitingApproval", "RolledBack", "Failed");
        var metric = Assert.Single(judged["analysis"]!.AsArray());
        Assert.Equal(("AwaitingApproval", "Passed", 100), (judged.Text("phase"), metric.Text("verdict"), metric!["last"]!.GetValue<double>()));
        (await app.Http.PostAsJsonAsync("/api/tenants/foo/canaries/hello/promote?full=true", Yaml.Read("{by: ann, reason: well}"))).EnsureSuccessStatusCode();
        Assert.Equal("Promoted", (await app.PhaseAsync("/api/tenants/foo/canaries/hello", "Promoted", "RolledBack", "Failed")).Text("phase"));

        await done.CancelAsync();
        await load;
        await AnswersAsync(port, "Hello Foo 0.0.2");
        Assert.DoesNotContain("destination", await ReportedAsync());
        Assert.False((await app.GetAsync("/api/tenants/foo/drift"))["drifted"]!.GetValue<bool>());
    }

    [Fact]
    public async Task A_tenant_moves_to_another_revision_with_its_waypoint_and_no_product_is_restarted()
    {
        var port = await ServeAsync();
        await app.Cluster.ServeAmbientAsync("blue");
        var products = await Resources.ListAsync(ResourceType.Pod, "foo", "app=hello", default);

        var moved = await PutAsync(Spec(port, mesh: "dataPlane: ambient, revision: blue"));

        Assert.True(moved.Text("phase") == "Ready", moved.ToJsonString());
        Assert.DoesNotContain(moved.Steps(), step => step.StartsWith("workloads", StringComparison.Ordinal));
        foreach (var name in (string[])["waypoint", "foo-gateway-istio"])
        {
            var deployment = await Resources.GetAsync(ResourceType.Deployment, "foo", name, default);
            Assert.Equal("blue", deployment.Text("spec", "template", "metadata", "labels", "istio.io/rev"));
        }

        await AnswersAsync(port, "Hello Foo 0.0.1");
        Assert.Equal(products.Select(pod => pod.Uid), (await Resources.ListAsync(ResourceType.Pod, "foo", "app=hello", default)).Select(pod => pod.Uid));
    }
}
