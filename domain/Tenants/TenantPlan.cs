using Orchestrator.Domain.Meshes;

namespace Orchestrator.Domain.Tenants;

/// <summary>The steps of a tenant's runs: their names, their order, and the command that finishes an undo by hand.</summary>
public static class TenantPlan
{
    public const string Preflight = "preflight";
    public const string Namespace = "namespace";
    public const string InjectionLabel = "injection-label";
    public const string Policies = "policies";
    public const string RootCertificate = "root-certificate";
    public const string Waypoint = "waypoint";
    public const string WaypointReady = "waypoint-ready";
    public const string Gateway = "gateway";
    public const string GatewayReady = "gateway-ready";
    public const string Workloads = "workloads";
    public const string Subsets = "subsets";
    public const string Routes = "routes";
    public const string RoutesReady = "routes-ready";
    public const string Handover = "handover";
    public const string RetiredGateway = "retired-gateway";
    public const string RetiredRoutes = "retired-routes";
    public const string RetiredPolicies = "retired-policies";

    /// <summary>What stands before the names of the steps of the tenant's own control plane.</summary>
    public const string MeshPrefix = "mesh-";

    /// <summary>
    /// Onboarding, or an update when the tenant stands as <paramref name="previous"/> already. What an update takes away goes last,
    /// when everything that replaces it serves.
    /// </summary>
    public static IReadOnlyList<StepPlan> Onboarding(TenantSpec spec, TenantSpec? previous)
    {
        List<StepPlan> steps =
        [
            new(Preflight, "the mesh, the namespace and the nodePorts to be checked"),
            .. IsDedicated(spec) ? MeshPlan.Ensuring(DedicatedMesh.Of(spec), MeshPrefix) : [],
            new(Namespace, $"namespace {spec.Tenant}", $"kubectl delete namespace {spec.Tenant}"),
            new(
                InjectionLabel,
                $"the labels by which namespace {spec.Tenant} is part of the mesh",
                $"kubectl label namespace {spec.Tenant} {(spec.IsAmbient ? AmbientLabels : "istio-injection- istio.io/rev-")}"),
            new(
                Policies,
                $"the policies of {spec.Tenant}",
                $"kubectl delete {PolicyKinds} -n {spec.Tenant} -l {Managed},{PolicyLabel}"),
            new(RootCertificate, $"ConfigMap {spec.Tenant}/istio-ca-root-cert"),
            .. spec.IsAmbient
                ? (StepPlan[])[
                    new(
                        Waypoint,
                        $"the waypoint of {spec.Tenant}",
                        $"kubectl delete gateway.gateway.networking.k8s.io/{TenantNames.Waypoint} configmap/{TenantNames.WaypointOptions(spec.Tenant)} -n {spec.Tenant}"),
                    new(WaypointReady, $"the waypoint of {spec.Tenant} to get ready")]
                : [],
            new(Gateway, $"the ingress gateway of {spec.Tenant}", GatewayRemedy(spec)),
            new(GatewayReady, $"the ingress gateway of {spec.Tenant} to get ready"),
            .. Restarts(spec, previous)
                ? (StepPlan[])[new(Workloads, $"the products of {spec.Tenant} to have proxies of revision {spec.Revision}", $"kubectl rollout restart deployment -n {spec.Tenant}")]
                : [],
            new(
                Subsets,
                $"the subsets of {spec.Tenant}, and the gateway to learn them",
                $"kubectl delete {SubsetKinds(spec)} -n {spec.Tenant} -l {Managed}"),
            new(
                Routes,
                $"the routes of {spec.Tenant}",
                $"kubectl delete {RouteKinds(spec)} -n {spec.Tenant} -l {Managed}"),
            new(RoutesReady, $"every gateway pod of {spec.Tenant} to obey the routes"),
        ];
        if (Converts(spec, previous))
        {
            var front = TenantNames.Front(spec);
            steps.Add(new(
                Handover, $"Service {spec.Tenant}/{front} to lead to the new gateway as well", $"kubectl get service {front} -n {spec.Tenant} -o wide"));
            steps.Add(new(RetiredGateway, $"the old gateway of {spec.Tenant} to end its requests and be gone", $"kubectl get all -n {spec.Tenant}"));
        }

        if (Retired(spec, previous).Count > 0)
        {
            steps.Add(new(RetiredRoutes, $"the routes that {spec.Tenant} no longer wants"));
        }

        if (RetiresPolicies(spec, previous))
        {
            steps.Add(new(RetiredPolicies, $"the policies that {spec.Tenant} no longer wants"));
        }

        return steps;
    }

    /// <summary>Putting back what others have changed. It is never undone: that would bring the changes back.</summary>
    public static IReadOnlyList<StepPlan> Repairing(TenantSpec spec) =>
    [
        .. IsDedicated(spec) ? MeshPlan.Repairing(DedicatedMesh.Of(spec), MeshPrefix) : [],
        new(InjectionLabel, $"the labels of namespace {spec.Tenant}"),
        new(Policies, $"the policies of {spec.Tenant}"),
        .. spec.IsAmbient
            ? (StepPlan[])[new(Waypoint, $"the waypoint of {spec.Tenant}"), new(WaypointReady, $"the waypoint of {spec.Tenant} to get ready")]
            : [],
        new(Gateway, $"the ingress gateway of {spec.Tenant}"),
        new(GatewayReady, $"the ingress gateway of {spec.Tenant} to get ready"),
        new(Routes, $"the routes of {spec.Tenant}"),
        new(RoutesReady, $"every gateway pod of {spec.Tenant} to obey the routes"),
    ];

    /// <summary>Taking a tenant away, traffic first.</summary>
    public static IReadOnlyList<StepPlan> Offboarding(TenantSpec spec) =>
    [
        new(Routes, $"the routes of {spec.Tenant} to be gone"),
        new(Gateway, $"the ingress gateway of {spec.Tenant} to be gone"),
        .. spec.IsAmbient ? (StepPlan[])[new(Waypoint, $"the waypoint of {spec.Tenant} to be gone")] : [],
        new(Namespace, $"namespace {spec.Tenant} to be gone"),
        .. IsDedicated(spec) ? MeshPlan.Removing(DedicatedMesh.Of(spec), MeshPrefix) : [],
    ];

    private static bool IsDedicated(TenantSpec spec) => spec.Isolation is Isolation.Dedicated;

    /// <summary>Whether the tenant comes to follow another control plane.</summary>
    public static bool Moves(TenantSpec spec, TenantSpec? previous) => previous is not null && previous.Revision != spec.Revision;

    /// <summary>Whether the products' pods need proxies of another control plane; in ambient they have none.</summary>
    public static bool Restarts(TenantSpec spec, TenantSpec? previous) => Moves(spec, previous) && !spec.IsAmbient;

    /// <summary>The services that the tenant has had and shall have no longer.</summary>
    public static IReadOnlyList<ServiceSpec> Retired(TenantSpec spec, TenantSpec? previous) =>
        [.. (previous?.Services ?? []).Where(was => spec.Services.All(service => service.Name != was.Name))];

    /// <summary>Whether the tenant has had policies that it shall have no longer.</summary>
    public static bool RetiresPolicies(TenantSpec spec, TenantSpec? previous) => previous is not null && spec.Policies.Retires(previous.Policies);

    /// <summary>Whether the tenant's gateway is replaced by one of another mode.</summary>
    public static bool Converts(TenantSpec spec, TenantSpec? previous) => previous is not null && previous.Gateway.Mode != spec.Gateway.Mode;

    /// <summary>Whether all routes are replaced by those of another kind: those of the Gateway API by Istio's own, or the other way round.</summary>
    public static bool ReplacesRoutes(TenantSpec spec, TenantSpec? previous) =>
        Converts(spec, previous) && (spec.Gateway.Mode is GatewayMode.GatewayApi || previous!.Gateway.Mode is GatewayMode.GatewayApi);

    private static bool ChangesHosts(TenantSpec spec, TenantSpec? previous) => previous is not null && !previous.Gateway.Hosts.SequenceEqual(spec.Gateway.Hosts);

    /// <summary>The services whose routes are to be written: new ones, and those that are reached in another way.</summary>
    /// <remarks>
    /// The routes of the others belong to their canaries by now, which move weights and subsets; they are not to be set back. So is the stable
    /// version: a spec tells which one serves, and a canary moves it.
    /// </remarks>
    public static IReadOnlyList<ServiceSpec> Changed(TenantSpec spec, TenantSpec? previous) =>
        ReplacesRoutes(spec, previous) || ChangesHosts(spec, previous)
            ? spec.Services
            : [.. spec.Services.Where(service => Before(service, previous) is not { } was || service.IsRoutedUnlike(was))];

    /// <summary>The services whose routes the gateway has to learn: those that are written, and all where its ports change, it moves, or is another one.</summary>
    public static IReadOnlyList<ServiceSpec> Learned(TenantSpec spec, TenantSpec? previous) =>
        previous is null || (previous.Gateway.Service.Ports.SequenceEqual(spec.Gateway.Service.Ports) && !Moves(spec, previous) && !Converts(spec, previous))
            ? Changed(spec, previous)
            : spec.Services;

    /// <summary>The services that stand and whose routes a run writes or takes away, or whose pods it restarts.</summary>
    public static IReadOnlyList<string> Touched(TenantStart start) => start.Intent is not TenantIntent.Onboard || Moves(start.Spec, start.Previous)
        ? [.. (start.Previous ?? start.Spec).Services.Select(service => service.Name)]
        :
        [
            .. Retired(start.Spec, start.Previous).Select(service => service.Name),
            .. Changed(start.Spec, start.Previous).Where(service => Before(service, start.Previous) is not null).Select(service => service.Name),
        ];

    /// <summary>What a service was, when it was there already.</summary>
    public static ServiceSpec? Before(ServiceSpec service, TenantSpec? previous) =>
        previous?.Services.FirstOrDefault(was => was.Name == service.Name);

    /// <summary>The label of a tenant's policies, by which they are told from what else the orchestrator makes in its namespace.</summary>
    public const string PolicyLabel = "app.kubernetes.io/component=policy";

    private const string PolicyKinds =
        "networkpolicy,authorizationpolicy.security.istio.io,peerauthentication,sidecar.networking.istio.io,resourcequota,limitrange,rolebinding";

    private const string AmbientLabels = "istio.io/dataplane-mode- istio.io/use-waypoint- istio.io/ingress-use-waypoint-";

    private const string Managed = "app.kubernetes.io/managed-by=orchestrator";

    private static string SubsetKinds(TenantSpec spec) => spec.Gateway.Mode is GatewayMode.GatewayApi ? "service" : "destinationrule,service";

    private static string RouteKinds(TenantSpec spec) =>
        spec.Gateway.Mode is GatewayMode.GatewayApi ? "httproute" : "virtualservice,gateway.networking.istio.io";

    private static string GatewayRemedy(TenantSpec spec) => spec.Gateway.Mode switch
    {
        GatewayMode.IstioOperator => $"kubectl delete istiooperator {TenantNames.IstioOperator(spec.Tenant)} -n istio-system",
        GatewayMode.GatewayApi => $"kubectl delete gateway.gateway.networking.k8s.io,configmap -n {spec.Tenant} -l {Managed}",
        _ => $"kubectl delete hpa,pdb,deployment,service,rolebinding,role,serviceaccount -n {spec.Tenant} -l {Managed}",
    };
}
