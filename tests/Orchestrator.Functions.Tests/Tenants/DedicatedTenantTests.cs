using System.Net;
using System.Text.Json.Nodes;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.TestKit;

namespace Orchestrator.Functions.Tests.Tenants;

/// <summary>Tenants with a control plane of their own, beside one that others share.</summary>
public sealed class DedicatedTenantTests : IAsyncLifetime
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    private static readonly ResourceType[] Kinds =
    [
        ResourceType.Namespace, ResourceType.Deployment, ResourceType.Service, ResourceType.ServiceAccount, ResourceType.ConfigMap,
        ResourceType.HorizontalPodAutoscaler, ResourceType.PodDisruptionBudget, ResourceType.NetworkPolicy, ResourceType.RoleBinding,
        ResourceType.MutatingWebhookConfiguration, ResourceType.ValidatingWebhookConfiguration, ResourceType.IstioOperator, ResourceType.Istio,
        ResourceType.Gateway, ResourceType.VirtualService, ResourceType.DestinationRule, ResourceType.Sidecar, ResourceType.AuthorizationPolicy,
    ];

    private readonly RunningApp app = new();

    private IResources Resources => app.Cluster.Resources;

    public async Task InitializeAsync()
    {
        await app.InitializeAsync();
        await app.PutAsync("/api/meshes/default", new JsonObject());
        await app.PhaseAsync("/api/meshes/default", "Ready");
    }

    public Task DisposeAsync() => app.DisposeAsync();

    private static JsonObject Tenant(string tenant, string isolation, int nodePort, string more = "") => Yaml.Read($$"""
        isolation: {{isolation}}
        gateway: { service: { type: NodePort, ports: [{name: http2, port: 80, targetPort: 8080, nodePort: {{nodePort}} }] } }
        services: [{name: hello, port: 8080, prefix: /{{tenant}}/, stable: v0-0-1}]
        {{more}}
        """);

    private async Task<JsonObject> PutAsync(string tenant, JsonObject spec)
    {
        (await app.PutAsync($"/api/tenants/{tenant}", spec)).EnsureSuccessStatusCode();
        return await app.PhaseAsync($"/api/tenants/{tenant}", "Ready", "RolledBack", "Failed");
    }

    private async Task OffboardAsync(string tenant)
    {
        (await app.Http.DeleteAsync($"/api/tenants/{tenant}")).EnsureSuccessStatusCode();
        Assert.Equal("Offboarded", (await app.PhaseAsync($"/api/tenants/{tenant}", "Offboarded", "Failed")).Text("phase"));
    }

    private Task DeployAsync(string tenant) => Resources.CreateAsync(
        ResourceType.Deployment,
        Yaml.Read($$"""
            metadata: {name: hello, namespace: {{tenant}}}
            spec:
              replicas: 1
              selector: {matchLabels: {app: hello, version: v0-0-1} }
              template:
                metadata: {labels: {app: hello, version: v0-0-1} }
                spec: {containers: [{name: hello, image: "hello:0.0.1", env: [{name: GREETING, value: {{tenant}} }], ports: [{containerPort: 8080}] }] }
            """),
        default);

    private async Task AnswersAsync(int nodePort, string tenant)
    {
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(5) };
        await Eventually.Async(
            async () =>
            {
                var answer = await http.GetAsync($"http://{app.Cluster.Server.ApiUri.Host}:{nodePort}/{tenant}/hello");
                return await answer.Content.ReadAsStringAsync() is var text && text.Trim() == $"Hello {tenant} 0.0.1"
                    ? true
                    : throw new InvalidOperationException($"It is {answer.StatusCode} '{text}'.");
            },
            Deadline,
            $"{tenant} to answer");
    }

    private Task<JsonObject?> RootAsync(string ns) => Resources.GetAsync(ResourceType.ConfigMap, ns, "istio-ca-root-cert", default);

    private async Task<string?> CertificateAsync(string ns) => KubernetesObject.Text(await RootAsync(ns), "data", "root-cert.pem");

    /// <summary>Changes with every write of a root certificate, whoever writes it.</summary>
    private async Task<string?> VersionAsync(string ns) => KubernetesObject.Text(await RootAsync(ns), "metadata", "resourceVersion");

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

                objects.Add($"{found.Title} {found.ToJsonString()}");
            }
        }

        return string.Join('\n', objects.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("IstioOperator", "spec: {components: {pilot: {k8s: {hpaSpec: {minReplicas: 3}}}}}")]
    [InlineData("Istio", "spec: {values: {pilot: {autoscaleMin: 3}}}")]
    public async Task A_tenant_has_its_own_control_plane_beside_the_shared_one_and_leaves_nothing_behind(string kind, string drifted)
    {
        if (kind == "Istio")
        {
            await app.Cluster.InstallSailAsync();
        }

        var type = kind == "Istio" ? ResourceType.Istio : ResourceType.IstioOperator;
        var (shared, dedicated) = (RunningApp.FreeNodePort(), RunningApp.FreeNodePort());
        Assert.Equal("Ready", (await PutAsync("bar", Tenant("bar", "shared", shared))).Text("phase"));
        await DeployAsync("bar");
        await AnswersAsync(shared, "bar");
        var before = await EverythingAsync();

        // 1. The control plane comes first, and the tenant follows it.
        var ready = await PutAsync("foo", Tenant("foo", "dedicated", dedicated));
        Assert.True(ready.Text("phase") == "Ready", ready.Text("reason"));
        Assert.Equal(
            [
                "preflight Done", "mesh-preflight Done", "mesh-namespace Done", "mesh-control-plane Done", "mesh-custom-resources Done", "mesh-istiod Done",
                "mesh-webhooks Done", "namespace Done", "injection-label Done",
            ],
            ready.Steps().Take(9));
        var made = Assert.Single(await Resources.ListAsync(type, null, null, default), made => made.Name.EndsWith("foo", StringComparison.Ordinal));
        var labels = (await Resources.GetAsync(ResourceType.Namespace, null, "foo", default))!;
        Assert.Equal(("foo", "foo", null), (labels.Label("istio.io/rev"), labels.Label("orchestrator/mesh"), labels.Label("istio-injection")));
        var gateway = (await Resources.ListAsync(ResourceType.Pod, "foo", "istio=foo-ingress", default)).First();
        Assert.Equal("foo", gateway.Annotation("istio.io/rev"));

        // 2. Each has the root certificate of its own control plane, and nobody writes another one while both are called.
        var (fooRoot, barRoot) = (await VersionAsync("foo"), await VersionAsync("bar"));
        await DeployAsync("foo");
        await AnswersAsync(dedicated, "foo");
        await AnswersAsync(shared, "bar");
        Assert.Equal(await CertificateAsync("istio-system-foo"), await CertificateAsync("foo"));
        Assert.Equal(await CertificateAsync("istio-system"), await CertificateAsync("bar"));
        Assert.NotEqual(await CertificateAsync("foo"), await CertificateAsync("bar"));

        // 3. Ensured again it is unchanged; what others change of its control plane is found, and put back.
        var again = await app.PutAsync("/api/tenants/foo", Tenant("foo", "dedicated", dedicated));
        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
        Assert.False((await app.GetAsync("/api/tenants/foo/drift"))["drifted"]!.GetValue<bool>());
        await Resources.PatchAsync(type, made.Namespace, made.Name, Yaml.Read(drifted), default);
        var drift = await app.GetAsync("/api/tenants/foo/drift");
        Assert.Contains(drift["fields"]!.AsArray(), field => field.Text("object") == made.Title);
        (await app.Http.PostAsync("/api/tenants/foo/repair", null)).EnsureSuccessStatusCode();
        var repaired = await app.PhaseAsync("/api/tenants/foo", "Ready", "Failed");
        Assert.Equal(["mesh-control-plane Done", "mesh-istiod Done", "mesh-webhooks Done"], repaired.Steps().Take(3));
        Assert.Equal("", string.Join(", ", (await app.GetAsync("/api/tenants/foo/drift"))["fields"]!.AsArray().Select(field => field!.ToJsonString())));

        Assert.Equal(fooRoot, await VersionAsync("foo"));

        // 4. It cannot change sides while it serves.
        var refused = await (await app.PutAsync("/api/tenants/foo", Tenant("foo", "shared", dedicated))).ProblemAsync(HttpStatusCode.Conflict);
        Assert.Contains("Offboard the tenant first", refused, StringComparison.Ordinal);

        // 5. Offboarded it leaves what was there before, and its neighbour has not noticed.
        await OffboardAsync("foo");
        Assert.Equal(before, await EverythingAsync());
        Assert.Equal(barRoot, await VersionAsync("bar"));
        await AnswersAsync(shared, "bar");
    }

    [Fact]
    public async Task A_control_plane_that_does_not_get_ready_is_taken_away_to_the_last_object()
    {
        var before = await EverythingAsync();
        app.Cluster.Server.Faults.Deployments[("istio-system-foo", "istiod-foo")] = new();

        var failed = await PutAsync("foo", Tenant("foo", "dedicated", RunningApp.FreeNodePort(), "readiness: {timeout: 5s}"));

        Assert.Equal("RolledBack", failed.Text("phase"));
        Assert.Contains("Deployment istio-system-foo/istiod-foo", failed.Text("reason"), StringComparison.Ordinal);
        Assert.Equal(
            ["mesh-namespace Undone", "mesh-control-plane Undone", "mesh-custom-resources Done", "mesh-istiod Failed"], failed.Steps().Skip(2).Take(4));
        Assert.Equal(before, await EverythingAsync());
    }

    [Fact]
    public async Task What_is_in_the_way_is_refused_before_anything_is_written()
    {
        await Resources.CreateAsync(ResourceType.Namespace, Yaml.Read("metadata: {name: istio-system-taken}"), default);
        var before = await EverythingAsync();

        // 1. A namespace of somebody else has the name.
        var taken = await PutAsync("taken", Tenant("taken", "dedicated", RunningApp.FreeNodePort()));
        Assert.Contains("Namespace istio-system-taken", taken.Text("reason"), StringComparison.Ordinal);
        Assert.Equal(("RolledBack", before), (taken.Text("phase"), await EverythingAsync()));

        // 2. The revision is that of another control plane.
        (await app.PutAsync("/api/meshes/west", Yaml.Read("{revision: blue}"))).EnsureSuccessStatusCode();
        Assert.Equal("Ready", (await app.PhaseAsync("/api/meshes/west", "Ready", "Degraded", "Failed")).Text("phase"));
        var named = await PutAsync("blue", Tenant("blue", "dedicated", RunningApp.FreeNodePort()));
        Assert.Contains("Revision blue is that of Deployment istio-system/istiod-blue", named.Text("reason"), StringComparison.Ordinal);

        // 3. A shared control plane that sees every namespace would write its root certificate into the tenant's.
        var iop = (await Resources.ListAsync(ResourceType.IstioOperator, null, null, default)).First(iop => iop.Name == "istio-control-plane");
        await Resources.PatchAsync(ResourceType.IstioOperator, iop.Namespace, iop.Name, Yaml.Read("spec: {meshConfig: {discoverySelectors: []}}"), default);
        await Eventually.Async(
            async () => !(await Resources.GetAsync(ResourceType.ConfigMap, "istio-system", "istio", default)).Text("data", "mesh")!.Contains("DoesNotExist", StringComparison.Ordinal),
            Deadline,
            "the shared control plane to see everything");
        var overlapping = await PutAsync("foo", Tenant("foo", "dedicated", RunningApp.FreeNodePort()));
        Assert.Contains("each would overwrite the other's root certificate", overlapping.Text("reason"), StringComparison.Ordinal);
        Assert.Null(await app.Cluster.TextAsync(ResourceType.Namespace, null, "istio-system-foo"));
    }

    /// <summary>What the article met: two control planes write their roots in turn, and proxies trust neither.</summary>
    [Fact]
    public async Task A_shared_control_plane_that_begins_to_see_the_tenant_breaks_it_until_it_is_put_back()
    {
        var port = RunningApp.FreeNodePort();
        Assert.Equal("Ready", (await PutAsync("foo", Tenant("foo", "dedicated", port))).Text("phase"));
        var own = await CertificateAsync("foo");

        var iop = Assert.Single(await Resources.ListAsync(ResourceType.IstioOperator, null, null, default), iop => iop.Name == "istio-control-plane");
        await Resources.PatchAsync(ResourceType.IstioOperator, iop.Namespace, iop.Name, Yaml.Read("spec: {meshConfig: {discoverySelectors: []}}"), default);
        await Eventually.Async(async () => await CertificateAsync("foo") != own, Deadline, "the shared control plane to overwrite the root certificate");
        var pod = (await Resources.ListAsync(ResourceType.Pod, "foo", "istio=foo-ingress", default)).First();
        await Resources.DeleteAsync(ResourceType.Pod, "foo", pod.Name, null, default);
        await Eventually.Async(
            async () => (await Resources.ListAsync(ResourceType.Pod, "foo", "istio=foo-ingress", default)).Any(pod => pod.Condition("Ready").Text("status") == "False"),
            Deadline,
            "a new gateway pod that trusts neither");

        await Resources.PatchAsync(ResourceType.IstioOperator, iop.Namespace, iop.Name, new JsonObject { ["spec"] = new JsonObject { ["meshConfig"] = iop["spec"]!["meshConfig"]!.DeepClone() } }, default);
        await Eventually.Async(async () => await CertificateAsync("foo") == own, Deadline, "the root certificate to be the tenant's own");
        await Eventually.Async(
            async () => (await Resources.GetAsync(ResourceType.Deployment, "foo", "gw", default)).Number("status", "availableReplicas") == 2,
            Deadline,
            "the gateway to be whole");
    }
}

/// <summary>A tenant with a control plane of its own where there is no other.</summary>
public sealed class LoneDedicatedTenantTests(RunningApp app) : IClassFixture<RunningApp>
{
    [Fact]
    public async Task Its_gateway_of_the_Gateway_API_waits_for_the_class_that_its_own_istiod_makes()
    {
        var spec = RunningApp.InnerTenant("foo");
        (spec["isolation"], spec["gateway"]!["mode"]) = ("dedicated", "gatewayApi");
        await app.Cluster.InstallSailAsync();
        Assert.Null(await app.Cluster.Resources.GetAsync(ResourceType.GatewayClass, null, "istio", default));

        (await app.PutAsync("/api/tenants/foo", spec)).EnsureSuccessStatusCode();
        var view = await app.PhaseAsync("/api/tenants/foo", "Ready", "RolledBack", "Failed");

        Assert.True(view.Text("phase") == "Ready", view.ToJsonString());
        Assert.Equal("istiod-foo", Assert.Single(await app.Cluster.Resources.ListAsync(ResourceType.Deployment, null, "app=istiod", default)).Name);
    }
}
