using System.Net;
using System.Text.Json.Nodes;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.TestKit;

namespace Orchestrator.Functions.Tests.Meshes;

/// <summary>From one revision to another: tenants are moved one by one, or all stays as it was.</summary>
public sealed class MeshUpgradeTests : IAsyncLifetime
{
    private const string Mesh = "/api/meshes/default";

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    private readonly RunningApp app = new();

    private IResources Resources => app.Cluster.Resources;

    public Task InitializeAsync() => app.InitializeAsync();

    public Task DisposeAsync() => app.DisposeAsync();

    private async Task<JsonObject> EnsureAsync(string spec)
    {
        (await app.PutAsync(Mesh, Yaml.Read(spec))).EnsureSuccessStatusCode();
        return await Eventually.GetAsync(
            async () => await app.GetAsync(Mesh) is var view && view.Text("phase") is "Ready" or "Degraded" or "Failed" ? view : throw new InvalidOperationException(view["waitingFor"]?.ToJsonString() + await app.Http.GetStringAsync("/api/tenants")),
            TimeSpan.FromSeconds(40),
            "the mesh to be settled");
    }

    private static JsonObject Tenant(string tenant, string mode, int nodePort, string more = "") => Yaml.Read($$"""
        gateway: { mode: {{mode}}, service: { type: NodePort, ports: [{name: http2, port: 80, targetPort: 8080, nodePort: {{nodePort}} }] } }
        services: [{name: hello, port: 8080, prefix: /{{tenant}}/, stable: v0-0-1}]
        {{more}}
        """);

    private async Task OnboardAsync(string tenant, JsonObject spec)
    {
        (await app.PutAsync($"/api/tenants/{tenant}", spec)).EnsureSuccessStatusCode();
        var view = await app.PhaseAsync($"/api/tenants/{tenant}", "Ready", "RolledBack", "Failed");
        Assert.True(view.Text("phase") == "Ready", view.Text("reason"));
        await Resources.CreateAsync(
            ResourceType.Deployment,
            Yaml.Read($$"""
                metadata: {name: hello, namespace: {{tenant}} }
                spec:
                  replicas: 2
                  selector: {matchLabels: {app: hello, version: v0-0-1} }
                  template:
                    metadata: {labels: {app: hello, version: v0-0-1} }
                    spec: {containers: [{name: hello, image: "hello:0.0.1", env: [{name: GREETING, value: {{tenant}} }], ports: [{containerPort: 8080}] }] }
                """),
            default);
    }

    private async Task AnswersAsync(int nodePort, string tenant)
    {
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(5) };
        await Eventually.Async(
            async () =>
            {
                var answer = await http.GetAsync($"http://{app.Cluster.Server.ApiUri.Host}:{nodePort}/{tenant}/hello");
                return answer.StatusCode is HttpStatusCode.OK ? true : throw new InvalidOperationException($"It is {answer.StatusCode}.");
            },
            Deadline,
            $"{tenant} to answer");
    }

    private async Task<IEnumerable<string?>> RevisionsAsync(string tenant, string selector) =>
        (await Resources.ListAsync(ResourceType.Pod, tenant, selector, default))
            .Where(pod => !pod.IsTerminating).Select(pod => pod.Annotation("istio.io/rev")).Distinct();

    /// <summary>What people and tools wrote, but for what the server and its controllers count.</summary>
    private async Task<string> EverythingAsync()
    {
        ResourceType[] kinds =
        [
            ResourceType.Namespace, ResourceType.Deployment, ResourceType.Service, ResourceType.ServiceAccount, ResourceType.IstioOperator,
            ResourceType.HorizontalPodAutoscaler, ResourceType.MutatingWebhookConfiguration, ResourceType.ValidatingWebhookConfiguration,
            ResourceType.Gateway, ResourceType.VirtualService, ResourceType.DestinationRule, ResourceType.Sidecar, ResourceType.AuthorizationPolicy,
        ];
        List<string> objects = [];
        foreach (var kind in kinds)
        {
            foreach (var found in await Resources.ListAsync(kind, null, null, default))
            {
                found.Remove("status");
                var metadata = found["metadata"]!.AsObject();
                (metadata["annotations"] as JsonObject)?.Remove("deployment.kubernetes.io/revision");
                foreach (var counted in (string[])["resourceVersion", "generation", "managedFields"])
                {
                    metadata.Remove(counted);
                }

                objects.Add($"{found.Title} {found.ToJsonString()}");
            }
        }

        return string.Join('\n', objects.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Tenants_are_moved_one_by_one_to_a_new_revision_and_the_old_one_goes()
    {
        Assert.Equal("Ready", (await EnsureAsync("{}")).Text("phase"));
        var (foo, bar, baz) = (RunningApp.FreeNodePort(), RunningApp.FreeNodePort(), RunningApp.FreeNodePort());
        await OnboardAsync("foo", Tenant("foo", "injection", foo));
        await OnboardAsync("bar", Tenant("bar", "istioOperator", bar));
        await OnboardAsync("baz", Tenant("baz", "gatewayApi", baz));
        await AnswersAsync(foo, "foo");
        await AnswersAsync(baz, "baz");
        await AnswersAsync(bar, "bar");

        var upgraded = await EnsureAsync("{revision: v2}");

        Assert.True(upgraded.Text("phase") == "Ready", upgraded.Text("reason"));
        Assert.Equal(["webhooks Done", "tenants Done", "retired-revision Done"], upgraded.Steps().TakeLast(3));
        Assert.Equal("bar, baz, foo follow revision v2", upgraded["steps"]!.AsArray().Single(step => step.Text("name") == "tenants").Text("message"));
        foreach (var tenant in (string[])["foo", "bar", "baz"])
        {
            var view = await app.GetAsync($"/api/tenants/{tenant}");
            Assert.Equal(("Ready", "v2"), (view.Text("phase"), view["spec"]!["mesh"].Text("revision")));
            var ns = await Resources.GetAsync(ResourceType.Namespace, null, tenant, default);
            Assert.Equal(("v2", null), (ns!.Label("istio.io/rev"), ns!.Label("istio-injection")));
            Assert.Equal(["v2"], await RevisionsAsync(tenant, "app=hello"));
        }

        Assert.Equal(["v2"], await RevisionsAsync("foo", "app=gw"));
        Assert.Null(await app.Cluster.TextAsync(ResourceType.IstioOperator, "istio-system", "istio-control-plane"));
        Assert.Null(await app.Cluster.TextAsync(ResourceType.Deployment, "istio-system", "istiod"));
        Assert.Null(await app.Cluster.TextAsync(ResourceType.MutatingWebhookConfiguration, null, "istio-sidecar-injector"));
        await AnswersAsync(foo, "foo");
        await AnswersAsync(bar, "bar");
        await AnswersAsync(baz, "baz");

        // A spec that leaves the revision open stays where it was moved to, and a new tenant follows the mesh.
        Assert.Equal(HttpStatusCode.OK, (await app.PutAsync("/api/tenants/foo", Tenant("foo", "injection", foo))).StatusCode);
        await OnboardAsync("new", Tenant("new", "injection", RunningApp.FreeNodePort()));
        Assert.Equal("v2", (await app.GetAsync("/api/tenants/new"))["spec"]!["mesh"].Text("revision"));
    }

    [Fact]
    public async Task A_tenant_that_cannot_be_moved_takes_everything_back()
    {
        Assert.Equal("Ready", (await EnsureAsync("{}")).Text("phase"));
        var (bar, foo) = (RunningApp.FreeNodePort(), RunningApp.FreeNodePort());
        await OnboardAsync("bar", Tenant("bar", "injection", bar));
        await OnboardAsync("foo", Tenant("foo", "injection", foo, "readiness: {timeout: 15s}"));
        await AnswersAsync(bar, "bar");
        await AnswersAsync(foo, "foo");
        var before = await EverythingAsync();
        app.Cluster.Server.Faults.Deployments[("foo", "gw")] = new();

        (await app.PutAsync(Mesh, Yaml.Read("{revision: v2}"))).EnsureSuccessStatusCode();
        await Eventually.Async(
            async () => (await RevisionsAsync("bar", "app=hello")).SequenceEqual(["v2"]), TimeSpan.FromSeconds(60), "bar to be moved, before foo fails");
        await app.PhaseAsync("/api/tenants/foo", "RolledBack");
        app.Cluster.Server.Faults.Deployments.Clear();
        var failed = await app.PhaseAsync(Mesh, "Ready", "Degraded", "Failed");

        Assert.Equal("Failed", failed.Text("phase"));
        Assert.Contains("Tenant foo could not be moved to revision v2", failed.Text("reason"), StringComparison.Ordinal);
        Assert.Equal(
            ["namespace Undone", "control-plane Undone", "custom-resources Done", "istiod Done", "webhooks Done", "tenants Failed", "retired-revision Pending"],
            failed.Steps().Skip(1));
        Assert.Equal("default", (await app.GetAsync("/api/tenants/bar"))["spec"]!["mesh"].Text("revision"));
        await Eventually.Async(
            async () => (await RevisionsAsync("bar", "app in (gw,hello)")).Concat(await RevisionsAsync("foo", "app in (gw,hello)")).All(revision => revision == "default"),
            Deadline,
            "every proxy to be of the old revision");
        await Eventually.Async(async () => await EverythingAsync() == before, Deadline, "everything to be as before");
        await AnswersAsync(bar, "bar");
        await AnswersAsync(foo, "foo");
    }
}
