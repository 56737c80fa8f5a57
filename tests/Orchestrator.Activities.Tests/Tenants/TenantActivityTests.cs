using System.Text.Json.Nodes;
using Orchestrator.Activities.Tenants;
using Orchestrator.Cluster.Istio;
using Orchestrator.Cluster.Istio.Manifests;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Domain;
using Orchestrator.Domain.Tenants;
using Orchestrator.TestKit;
using static Orchestrator.Activities.Tests.MeshedCluster;

namespace Orchestrator.Activities.Tests.Tenants;

public sealed class TenantActivityTests(MeshedCluster meshed) : IClassFixture<MeshedCluster>
{
    private static TenantRun Run(string tenant, GatewayMode mode = GatewayMode.Injection) => new(
        $"tenant.{tenant}/first",
        new()
        {
            Tenant = tenant,
            Gateway = new() { Mode = mode, Service = new(ServiceType.NodePort, [new("http2", 80, 8080, FreeNodePort())]) },
            Services = [new("hello", 8080, $"/{tenant}/", "v0-0-1")],
        },
        null);

    private Task<StepReport> VerifyAsync(TenantRun run) => new VerifyTenant(meshed.Directory).RunAsync(run, Context);

    private Task<IReadOnlyList<CapturedObject>> CaptureAsync(TenantRun run, TenantPart part) =>
        new CaptureTenant(meshed.Directory).RunAsync(new(run, part), Context);

    private Task<StepReport> RestoreAsync(TenantRun run, IReadOnlyList<CapturedObject> before) =>
        DoneAsync(() => new RestoreObjects(meshed.Directory).RunAsync(new("default", run.Id, before), Context));

    private async Task<List<StepReport>> OnboardAsync(TenantRun run)
    {
        TenantLook look = new(run, Limit);
        return
        [
            await DoneAsync(() => VerifyAsync(run)),
            await DoneAsync(() => new EnsureNamespace(meshed.Directory).RunAsync(run, Context)),
            await DoneAsync(() => new LabelNamespace(meshed.Directory).RunAsync(run, Context)),
            await DoneAsync(() => new ApplyPolicies(meshed.Directory).RunAsync(run, Context)),
            await DoneAsync(() => new AwaitRootCertificate(meshed.Directory).RunAsync(look, Context)),
            await DoneAsync(() => new ApplyGateway(meshed.Directory).RunAsync(run, Context)),
            await DoneAsync(() => new AwaitGateway(meshed.Directory).RunAsync(look, Context)),
            await DoneAsync(() => new ApplySubsets(meshed.Directory).RunAsync(run, Context)),
            await DoneAsync(() => new ApplyRoutes(meshed.Directory).RunAsync(run, Context)),
            await DoneAsync(() => new AwaitRoutes(meshed.Directory, TimeProvider.System).RunAsync(new(run, Limit, Insists: true), Context)),
        ];
    }

    private Task<JsonObject?> GetAsync(ResourceType type, string? ns, string name) => meshed.Resources.GetAsync(type, ns, name, default);

    [Theory]
    [InlineData(GatewayMode.Injection)]
    [InlineData(GatewayMode.IstioOperator)]
    [InlineData(GatewayMode.GatewayApi)]
    public async Task A_tenant_gets_ready_in_every_mode_and_every_activity_can_run_twice(GatewayMode mode)
    {
        var run = Run($"twice-{mode}".ToLowerInvariant(), mode);

        var first = await OnboardAsync(run);
        var again = await OnboardAsync(run);
        var later = await OnboardAsync(run with { Id = $"tenant.{run.Spec.Tenant}/second", Previous = run.Spec });

        Assert.Equal(
            ["Ready", "Created", "Created", "Created", "Ready", "Created", "Ready", "Created", "Created", "Ready"],
            first.Select(report => report.Result));
        Assert.Equal(first.Select(report => report.Result), again.Select(report => report.Result));
        Assert.Equal(
            ["Ready", "Unchanged", "Unchanged", "Unchanged", "Ready", "Unchanged", "Ready", "Unchanged", "Unchanged", "Ready"],
            later.Select(report => report.Result));
        var gateway = await GetAsync(ResourceType.Deployment, run.Spec.Tenant, TenantNames.Workload(run.Spec.Tenant, mode));
        Assert.Equal(2, gateway.Number("status", "availableReplicas"));
    }

    [Fact]
    public async Task A_gateway_tells_where_it_can_be_reached()
    {
        var run = Run("reached");
        await OnboardAsync(run with { Spec = run.Spec with { Services = [] } });

        var view = await new DescribeGateway(meshed.Directory).RunAsync(run.Spec, Context);

        Assert.NotEmpty(view.Addresses);
        Assert.Equal(run.Spec.Gateway.Service.Ports, view.Ports);
    }

    [Fact]
    public async Task A_nodePort_that_the_cluster_chose_is_told()
    {
        var run = Run("chosen");
        run = run with { Spec = run.Spec with { Gateway = run.Spec.Gateway with { Service = new(ServiceType.NodePort, [new("http2", 80, 8080)]) } } };
        await OnboardAsync(run);

        var view = await new DescribeGateway(meshed.Directory).RunAsync(run.Spec, Context);

        Assert.InRange(Assert.Single(view.Ports).NodePort ?? 0, 30000, 32767);
    }

    [Fact]
    public async Task A_namespace_of_somebody_else_is_refused()
    {
        var run = Run("foreign");
        await CreateNamespaceAsync("{metadata: {name: foreign, labels: {team: x}}}");
        var before = await meshed.Cluster.TextAsync(ResourceType.Namespace, null, "foreign");

        var verified = await VerifyAsync(run);
        var ensured = await new EnsureNamespace(meshed.Directory).RunAsync(run, Context);

        Assert.Equal((StepOutcome.Refused, StepOutcome.Refused), (verified.Outcome, ensured.Outcome));
        Assert.Contains("owned by somebody else", verified.Message, StringComparison.Ordinal);
        Assert.Equal(before, await meshed.Cluster.TextAsync(ResourceType.Namespace, null, "foreign"));
    }

    [Fact]
    public async Task A_namespace_that_was_handed_over_is_used_and_given_back()
    {
        var run = Run("handed");
        await CreateNamespaceAsync("{metadata: {name: handed, labels: {orchestrator/tenant: handed, team: x}}}");
        var before = await meshed.Cluster.TextAsync(ResourceType.Namespace, null, "handed");
        await OnboardAsync(run);
        Assert.Equal("enabled", (await GetAsync(ResourceType.Namespace, null, "handed"))!.Label("istio-injection"));

        await DoneAsync(() => new DeleteRoutes(meshed.Directory).RunAsync(run, Context));
        await DoneAsync(() => new DeleteGateway(meshed.Directory).RunAsync(run, Context));
        var report = await DoneAsync(() => new DeleteNamespace(meshed.Directory).RunAsync(run, Context));

        Assert.Equal("Updated", report.Result);
        Assert.Equal(before, await meshed.Cluster.TextAsync(ResourceType.Namespace, null, "handed"));
        Assert.Null(await GetAsync(ResourceType.Deployment, "handed", "gw"));
        Assert.Null(await GetAsync(ResourceType.VirtualService, "handed", "hello"));
        Assert.Empty(await meshed.Resources.ListAsync(ResourceType.NetworkPolicy, "handed", null, default));
        Assert.Empty(await meshed.Resources.ListAsync(ResourceType.AuthorizationPolicy, "handed", null, default));
    }

    [Theory]
    [InlineData("sidecar-1", DataPlane.Sidecar, "istio.io/dataplane-mode: ambient", "istio.io/dataplane-mode=ambient, which contradicts mesh revision 'default'")]
    [InlineData("sidecar-2", DataPlane.Sidecar, "istio.io/dataplane-mode: none", null)]
    [InlineData("ambient-1", DataPlane.Ambient, "istio-injection: enabled", "istio-injection=enabled, which contradicts mesh.dataPlane ambient")]
    [InlineData("ambient-2", DataPlane.Ambient, "istio.io/rev: default", "istio.io/rev=default, which contradicts mesh.dataPlane ambient")]
    [InlineData("ambient-3", DataPlane.Ambient, "istio-injection: disabled, istio.io/dataplane-mode: ambient", null)]
    public async Task A_label_that_makes_pods_part_of_the_mesh_in_another_way_is_refused(string tenant, DataPlane dataPlane, string label, string? refusal)
    {
        await CreateNamespaceAsync($"{{metadata: {{name: {tenant}, labels: {{orchestrator/tenant: {tenant}, {label}}}}}}}");
        var run = Run(tenant);

        // The mesh serves no ambient, which is said of a namespace that is right.
        var message = (await VerifyAsync(run with { Spec = run.Spec with { Mesh = new(DataPlane: dataPlane) } })).Message!;

        Assert.Contains(refusal ?? (dataPlane is DataPlane.Ambient ? "no GatewayClass istio-waypoint" : "the mesh is ready"), message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_label_that_contradicts_the_revision_is_refused()
    {
        await CreateNamespaceAsync("{metadata: {name: torn, labels: {orchestrator/tenant: torn, istio.io/rev: blue}}}");

        var report = await VerifyAsync(Run("torn"));

        Assert.Equal(StepOutcome.Refused, report.Outcome);
        Assert.Contains("kubectl label namespace torn istio.io/rev-", report.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(GatewayMode.Injection)]
    [InlineData(GatewayMode.IstioOperator)]
    [InlineData(GatewayMode.GatewayApi)]
    public async Task A_nodePort_that_is_taken_is_refused_with_its_owner(GatewayMode mode)
    {
        var owner = Run($"owner-{mode}".ToLowerInvariant(), mode);
        await OnboardAsync(owner);
        var late = Run("late", mode) with { Spec = owner.Spec with { Tenant = "late" } };

        var report = await VerifyAsync(late);

        Assert.Equal(StepOutcome.Refused, report.Outcome);
        Assert.Contains(
            $"nodePort {owner.Spec.Gateway.Service.Ports[0].NodePort} is taken by Service {owner.Spec.Tenant}/{TenantNames.Workload(owner.Spec.Tenant, mode)}",
            report.Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(GatewayMode.Injection)]
    [InlineData(GatewayMode.IstioOperator)]
    [InlineData(GatewayMode.GatewayApi)]
    public async Task A_nodePort_that_is_taken_in_between_is_refused(GatewayMode mode)
    {
        var run = Run($"race-{mode}".ToLowerInvariant(), mode);
        await DoneAsync(() => new EnsureNamespace(meshed.Directory).RunAsync(run, Context));
        await DoneAsync(() => new LabelNamespace(meshed.Directory).RunAsync(run, Context));
        await meshed.Resources.CreateAsync(
            ResourceType.Service,
            Manifest.Managed(ResourceType.Service, "istio-system", run.Spec.Tenant, new
            {
                spec = new { type = "NodePort", ports = new[] { new { port = 80, nodePort = run.Spec.Gateway.Service.Ports[0].NodePort } } },
            }).Object,
            default);

        var report = await new ApplyGateway(meshed.Directory).RunAsync(run, Context);
        if (report.Outcome is not StepOutcome.Refused)
        {
            report = await RefusedAsync(() => new AwaitGateway(meshed.Directory).RunAsync(new(run, Limit), Context));
        }

        // istiod keeps the API server's words to itself.
        var words = mode is GatewayMode.GatewayApi ? $"is taken by Service istio-system/{run.Spec.Tenant}" : "provided port is already allocated";
        Assert.Contains(words, report.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_gateway_that_never_gets_ready_is_waited_for_by_name()
    {
        var run = Run("never");
        meshed.Cluster.Server.Faults.Deployments[("never", "gw")] = new();
        await DoneAsync(() => new EnsureNamespace(meshed.Directory).RunAsync(run, Context));
        await DoneAsync(() => new LabelNamespace(meshed.Directory).RunAsync(run, Context));
        await DoneAsync(() => new ApplyGateway(meshed.Directory).RunAsync(run, Context));

        var report = await new AwaitGateway(meshed.Directory).RunAsync(new(run, TimeSpan.FromSeconds(2)), Context);

        Assert.Equal(StepOutcome.Waiting, report.Outcome);
        Assert.Contains("Deployment never/gw: 0 of 2 replicas available", report.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pods_that_were_made_before_the_label_are_made_again()
    {
        var run = Run("early");
        await DoneAsync(() => new EnsureNamespace(meshed.Directory).RunAsync(run, Context));
        var gateway = TenantManifests.Gateway(run.Spec);
        var deployment = gateway.Single(manifest => manifest.Type == ResourceType.Deployment).Object;
        deployment["spec"]!["template"]!["metadata"]!["labels"]!["sidecar.istio.io/inject"] = "false";
        await meshed.Resources.ApplyAsync(ResourceType.Deployment, deployment, default);
        await Eventually.Async(
            async () => (await meshed.Resources.ListAsync(ResourceType.Pod, "early", "istio=early-ingress", default)).Count > 0,
            Limit,
            "pods that nobody injected");

        await OnboardAsync(run);

        var pods = await meshed.Resources.ListAsync(ResourceType.Pod, "early", "istio=early-ingress", default);
        Assert.DoesNotContain(pods, pod => !pod.IsTerminating && pod.Items("spec", "containers").Any(container => container.Text("image") == "auto"));
    }

    [Theory]
    [InlineData(GatewayMode.Injection)]
    [InlineData(GatewayMode.IstioOperator)]
    [InlineData(GatewayMode.GatewayApi)]
    public async Task Undoing_every_part_leaves_nothing_behind(GatewayMode mode)
    {
        var run = Run($"undone-{mode}".ToLowerInvariant(), mode);
        Stack<IReadOnlyList<CapturedObject>> before = [];
        foreach (var part in (TenantPart[])[TenantPart.Namespace, TenantPart.Policies, TenantPart.Gateway, TenantPart.Subsets, TenantPart.Routes])
        {
            before.Push(await CaptureAsync(run, part));
        }

        await OnboardAsync(run);
        while (before.TryPop(out var captured))
        {
            await RestoreAsync(run, captured);
        }

        Assert.Null(await GetAsync(ResourceType.Namespace, null, run.Spec.Tenant));
        Assert.Null(await GetAsync(ResourceType.IstioOperator, "istio-system", TenantNames.IstioOperator(run.Spec.Tenant)));
        Assert.Empty(await meshed.Resources.ListAsync(ResourceType.Service, run.Spec.Tenant, null, default));
    }

    [Fact]
    public async Task Undoing_an_update_puts_the_gateway_back_as_it_was()
    {
        var run = Run("updated");
        await OnboardAsync(run);
        ResourceType[] kinds = [ResourceType.Service, ResourceType.HorizontalPodAutoscaler];
        var texts = await Task.WhenAll(kinds.Select(kind => SpecAsync(kind)));
        var changed = run.Spec with
        {
            Gateway = run.Spec.Gateway with
            {
                MaxReplicas = 9,
                Service = new(ServiceType.NodePort, [new("http2", 80, 8080, FreeNodePort()), new("tls", 443, 8443)]),
            },
        };
        TenantRun update = new("tenant.updated/second", changed, run.Spec);
        var before = await CaptureAsync(update, TenantPart.Gateway);
        await DoneAsync(() => new ApplyGateway(meshed.Directory).RunAsync(update, Context));
        Assert.NotEqual(texts, await Task.WhenAll(kinds.Select(kind => SpecAsync(kind))));

        await RestoreAsync(update, before);

        Assert.Equal(texts, await Task.WhenAll(kinds.Select(kind => SpecAsync(kind))));

        async Task<string> SpecAsync(ResourceType kind) => (await GetAsync(kind, "updated", "gw"))!["spec"]!.ToJsonString();
    }

    [Fact]
    public async Task An_update_leaves_the_routes_of_services_that_did_not_change_to_their_canaries()
    {
        var run = Run("canary");
        await OnboardAsync(run);
        var weights = Yaml.Read("{spec: {http: [{name: theirs, route: [{destination: {host: hello}}]}]}}");
        await meshed.Resources.PatchAsync(ResourceType.VirtualService, "canary", "hello", weights, default);
        var before = await meshed.Cluster.TextAsync(ResourceType.VirtualService, "canary", "hello");
        var more = run.Spec with { Services = [.. run.Spec.Services, new("echo", 9090, "/echo/", "v2")] };

        var report = await new ApplyRoutes(meshed.Directory).RunAsync(new("tenant.canary/second", more, run.Spec), Context);

        Assert.Equal("Created", report.Result);
        Assert.Equal(before, await meshed.Cluster.TextAsync(ResourceType.VirtualService, "canary", "hello"));
        Assert.NotNull(await GetAsync(ResourceType.VirtualService, "canary", "echo"));
    }

    [Fact]
    public async Task An_update_moves_no_traffic_between_versions()
    {
        var run = Run("judged");
        await OnboardAsync(run);
        TenantRun update = new("tenant.judged/second", run.Spec with { Services = [run.Spec.Services[0] with { Stable = "v0-0-2" }] }, run.Spec);

        var unjudged = await VerifyAsync(update);
        var promoted = Yaml.Read("{spec: {http: [{name: default, route: [{destination: {host: hello, subset: v0-0-2}}]}]}}");
        await meshed.Resources.PatchAsync(ResourceType.VirtualService, "judged", "hello", promoted, default);
        var before = await meshed.Cluster.TextAsync(ResourceType.VirtualService, "judged", "hello");
        var told = await VerifyAsync(update);
        await DoneAsync(() => new ApplyRoutes(meshed.Directory).RunAsync(update, Context));
        var moved = await VerifyAsync(update with { Spec = run.Spec with { Services = [run.Spec.Services[0] with { Prefix = "/moved/" }] } });

        Assert.Equal((StepOutcome.Refused, StepOutcome.Done, StepOutcome.Refused), (unjudged.Outcome, told.Outcome, moved.Outcome));
        Assert.Contains("is served by v0-0-1, and an update moves no traffic: start a canary", unjudged.Message, StringComparison.Ordinal);
        Assert.Equal(before, await meshed.Cluster.TextAsync(ResourceType.VirtualService, "judged", "hello"));
        Assert.Contains("were moved by a canary", moved.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_service_whose_prefix_changes_is_routed_anew()
    {
        var run = Run("rerouted");
        await OnboardAsync(run);
        TenantRun update = new("tenant.rerouted/second", run.Spec with { Services = [run.Spec.Services[0] with { Prefix = "/moved/" }] }, run.Spec);

        var verified = await VerifyAsync(update);
        var report = await DoneAsync(() => new ApplyRoutes(meshed.Directory).RunAsync(update, Context));

        Assert.Equal((StepOutcome.Done, "Updated"), (verified.Outcome, report.Result));
        var routes = await GetAsync(ResourceType.VirtualService, "rerouted", "hello");
        Assert.Equal("/moved/", Assert.Single(routes.Items("spec", "http")).Items("match").Single().Text("uri", "prefix"));
    }

    [Fact]
    public async Task A_Service_that_the_product_brings_is_left_as_it_is()
    {
        var run = Run("product");
        await DoneAsync(() => new EnsureNamespace(meshed.Directory).RunAsync(run, Context));
        var service = Yaml.Read("""
            metadata: {name: hello, namespace: product}
            spec: {selector: {app: hello}, ports: [{name: http, port: 8080, targetPort: 9999}]}
            """);
        await meshed.Resources.CreateAsync(ResourceType.Service, service, default);
        var before = await meshed.Cluster.TextAsync(ResourceType.Service, "product", "hello");

        await OnboardAsync(run);

        Assert.Equal(before, await meshed.Cluster.TextAsync(ResourceType.Service, "product", "hello"));
        Assert.NotNull(await GetAsync(ResourceType.VirtualService, "product", "hello"));
    }

    [Fact]
    public async Task What_an_update_takes_away_is_deleted_and_comes_back_when_it_is_undone()
    {
        var run = Run("retired");
        await OnboardAsync(run);
        TenantRun update = new("tenant.retired/second", run.Spec with { Services = [] }, run.Spec);
        var before = await CaptureAsync(update, TenantPart.RetiredRoutes);
        var spec = (await GetAsync(ResourceType.VirtualService, "retired", "hello"))!["spec"]!.ToJsonString();

        await DoneAsync(() => new RetireRoutes(meshed.Directory).RunAsync(update, Context));
        var again = await new RetireRoutes(meshed.Directory).RunAsync(update, Context);
        Assert.Null(await GetAsync(ResourceType.VirtualService, "retired", "hello"));
        await RestoreAsync(update, before);

        Assert.Equal("Unchanged", again.Result);
        Assert.Equal(spec, (await GetAsync(ResourceType.VirtualService, "retired", "hello"))!["spec"]!.ToJsonString());
    }

    [Fact]
    public async Task Policies_change_to_those_of_a_new_spec_and_come_back_when_that_is_undone()
    {
        TenantPolicies policies = new()
        {
            Quota = new Dictionary<string, string> { ["requests.cpu"] = "8" },
            Limits = new() { Default = new Dictionary<string, string> { ["cpu"] = "0.5", ["memory"] = "1.5Gi" } },
            Admins = ["group:apart-admins"],
            PodSecurity = PodSecurityLevel.Baseline,
        };
        var run = Run("apart");
        run = run with { Spec = run.Spec with { Policies = policies } };
        await OnboardAsync(run);
        ResourceType[] kinds =
        [
            ResourceType.Sidecar, ResourceType.PeerAuthentication, ResourceType.AuthorizationPolicy, ResourceType.NetworkPolicy,
            ResourceType.ResourceQuota, ResourceType.LimitRange, ResourceType.RoleBinding,
        ];
        var first = await ObjectsAsync();
        Assert.Empty(await TenantDrift.FindAsync(meshed.Resources, run.Spec, default));

        TenantPolicies bare = new() { SidecarEgress = ["*/*"], Mtls = MutualTls.Permissive, NetworkPolicy = false };
        TenantRun update = new("tenant.apart/second", run.Spec with { Policies = bare }, run.Spec);
        var before = await CaptureAsync(update, TenantPart.Policies);
        var retired = await CaptureAsync(update, TenantPart.RetiredPolicies);
        var applied = await DoneAsync(() => new ApplyPolicies(meshed.Directory).RunAsync(update, Context));
        var deleted = await DoneAsync(() => new RetirePolicies(meshed.Directory).RunAsync(update, Context));
        Assert.Equal(("Updated", "Deleted"), (applied.Result, deleted.Result));
        Assert.Equal(["Sidecar apart/default", "PeerAuthentication apart/default", "RoleBinding apart/gw"], (await ObjectsAsync()).Keys);
        await RestoreAsync(update, retired);
        await RestoreAsync(update, before);

        Assert.Equal(first, await ObjectsAsync());

        async Task<Dictionary<string, string>> ObjectsAsync()
        {
            var objects = await Task.WhenAll(kinds.Select(kind => meshed.Resources.ListAsync(kind, "apart", null, default)));
            return objects.SelectMany(some => some).ToDictionary(
                obj => obj.Title, obj => (obj["spec"] ?? obj["subjects"])!.ToJsonString());
        }
    }

    [Fact]
    public async Task A_policy_of_somebody_else_is_refused_by_name_and_left_as_it_is()
    {
        var run = Run("sidecars");
        await CreateNamespaceAsync("{metadata: {name: sidecars, labels: {orchestrator/tenant: sidecars}}}");
        await meshed.Resources.CreateAsync(
            ResourceType.Sidecar,
            Yaml.Read("""
                {apiVersion: networking.istio.io/v1, kind: Sidecar, metadata: {name: default, namespace: sidecars},
                 spec: {egress: [{hosts: ["*/*"]}]}}
                """),
            default);
        var before = await meshed.Cluster.TextAsync(ResourceType.Sidecar, "sidecars", "default");

        var report = await new ApplyPolicies(meshed.Directory).RunAsync(run, Context);

        Assert.Equal(StepOutcome.Refused, report.Outcome);
        Assert.Contains("Sidecar sidecars/default exists and is not the orchestrator's", report.Message, StringComparison.Ordinal);
        Assert.Equal(before, await meshed.Cluster.TextAsync(ResourceType.Sidecar, "sidecars", "default"));
    }

    [Theory]
    [InlineData(GatewayMode.Injection)]
    [InlineData(GatewayMode.IstioOperator)]
    [InlineData(GatewayMode.GatewayApi)]
    public async Task Offboarding_leaves_nothing_behind_and_can_run_twice(GatewayMode mode)
    {
        var run = Run($"gone-{mode}".ToLowerInvariant(), mode);
        await OnboardAsync(run);

        for (var time = 1; time <= 2; time++)
        {
            var reports = new[]
            {
                await DoneAsync(() => new DeleteRoutes(meshed.Directory).RunAsync(run, Context)),
                await DoneAsync(() => new DeleteGateway(meshed.Directory).RunAsync(run, Context)),
                await DoneAsync(() => new DeleteNamespace(meshed.Directory).RunAsync(run, Context)),
            };
            Assert.All(reports, report => Assert.Equal(time == 1, report.Result == "Deleted"));
        }

        Assert.Null(await GetAsync(ResourceType.Namespace, null, run.Spec.Tenant));
        Assert.Null(await GetAsync(ResourceType.IstioOperator, "istio-system", TenantNames.IstioOperator(run.Spec.Tenant)));
    }

    private Task CreateNamespaceAsync(string yaml) => meshed.Resources.CreateAsync(ResourceType.Namespace, Yaml.Read(yaml), default);

    private static Task<StepReport> RefusedAsync(Func<Task<StepReport>> call) => Eventually.GetAsync(
        async () => await call() is { Outcome: StepOutcome.Refused } report ? report : null, TimeSpan.FromSeconds(30), "a refusal");
}
