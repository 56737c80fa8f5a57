using System.Collections.Frozen;

namespace Orchestrator.Simulator;

/// <summary>Every kind the simulated cluster serves.</summary>
public static class ResourceTypes
{
    private const string Rbac = "rbac.authorization.k8s.io";
    private const string Authorization = "authorization.k8s.io";
    private const string Admission = "admissionregistration.k8s.io";
    private const string IstioNetworking = "networking.istio.io";
    private const string IstioSecurity = "security.istio.io";

    /// <summary>The group of the Gateway API.</summary>
    public const string GatewayApi = "gateway.networking.k8s.io";

    /// <summary>The group of the Sail operator.</summary>
    public const string Sail = "sailoperator.io";

    public static readonly ResourceType Namespace =
        new("", "v1", "Namespace", "namespaces", "namespace", false, HasStatus: true) { ShortNames = ["ns"] };
    public static readonly ResourceType Node = new("", "v1", "Node", "nodes", "node", false, HasStatus: true) { ShortNames = ["no"] };
    public static readonly ResourceType Pod =
        new("", "v1", "Pod", "pods", "pod", true, HasStatus: true, HasGeneration: true) { ShortNames = ["po"], Categories = ["all"] };
    public static readonly ResourceType Service =
        new("", "v1", "Service", "services", "service", true, HasStatus: true) { ShortNames = ["svc"], Categories = ["all"] };
    public static readonly ResourceType ConfigMap = new("", "v1", "ConfigMap", "configmaps", "configmap", true) { ShortNames = ["cm"] };
    public static readonly ResourceType Secret = new("", "v1", "Secret", "secrets", "secret", true);
    public static readonly ResourceType ServiceAccount =
        new("", "v1", "ServiceAccount", "serviceaccounts", "serviceaccount", true) { ShortNames = ["sa"] };
    public static readonly ResourceType Event = new("", "v1", "Event", "events", "event", true) { ShortNames = ["ev"] };
    public static readonly ResourceType Endpoints = new("", "v1", "Endpoints", "endpoints", "endpoints", true) { ShortNames = ["ep"] };
    public static readonly ResourceType ResourceQuota =
        new("", "v1", "ResourceQuota", "resourcequotas", "resourcequota", true, HasStatus: true) { ShortNames = ["quota"] };
    public static readonly ResourceType LimitRange = new("", "v1", "LimitRange", "limitranges", "limitrange", true) { ShortNames = ["limits"] };

    public static readonly ResourceType Deployment =
        new("apps", "v1", "Deployment", "deployments", "deployment", true, HasStatus: true, HasGeneration: true, HasScale: true)
        { ShortNames = ["deploy"], Categories = ["all"] };
    public static readonly ResourceType ReplicaSet =
        new("apps", "v1", "ReplicaSet", "replicasets", "replicaset", true, HasStatus: true, HasGeneration: true, HasScale: true)
        { ShortNames = ["rs"], Categories = ["all"] };

    public static readonly ResourceType HorizontalPodAutoscaler =
        new("autoscaling", "v2", "HorizontalPodAutoscaler", "horizontalpodautoscalers", "horizontalpodautoscaler", true, HasStatus: true)
        { ShortNames = ["hpa"], Categories = ["all"] };
    public static readonly ResourceType PodDisruptionBudget =
        new("policy", "v1", "PodDisruptionBudget", "poddisruptionbudgets", "poddisruptionbudget", true, HasStatus: true, HasGeneration: true)
        { ShortNames = ["pdb"] };
    public static readonly ResourceType EndpointSlice =
        new("discovery.k8s.io", "v1", "EndpointSlice", "endpointslices", "endpointslice", true, HasGeneration: true);
    public static readonly ResourceType NetworkPolicy =
        new("networking.k8s.io", "v1", "NetworkPolicy", "networkpolicies", "networkpolicy", true, HasGeneration: true) { ShortNames = ["netpol"] };
    public static readonly ResourceType Lease = new("coordination.k8s.io", "v1", "Lease", "leases", "lease", true);

    public static readonly ResourceType Role = new(Rbac, "v1", "Role", "roles", "role", true);
    public static readonly ResourceType RoleBinding = new(Rbac, "v1", "RoleBinding", "rolebindings", "rolebinding", true);
    public static readonly ResourceType ClusterRole = new(Rbac, "v1", "ClusterRole", "clusterroles", "clusterrole", false);
    public static readonly ResourceType ClusterRoleBinding =
        new(Rbac, "v1", "ClusterRoleBinding", "clusterrolebindings", "clusterrolebinding", false);

    public static readonly ResourceType MutatingWebhookConfiguration =
        new(Admission, "v1", "MutatingWebhookConfiguration", "mutatingwebhookconfigurations", "mutatingwebhookconfiguration", false,
            HasGeneration: true);
    public static readonly ResourceType ValidatingWebhookConfiguration =
        new(Admission, "v1", "ValidatingWebhookConfiguration", "validatingwebhookconfigurations", "validatingwebhookconfiguration", false,
            HasGeneration: true);
    public static readonly ResourceType CustomResourceDefinition =
        new("apiextensions.k8s.io", "v1", "CustomResourceDefinition", "customresourcedefinitions", "customresourcedefinition", false,
            HasStatus: true, HasGeneration: true)
        { ShortNames = ["crd", "crds"] };

    public static readonly ResourceType SelfSubjectReview =
        new("authentication.k8s.io", "v1", "SelfSubjectReview", "selfsubjectreviews", "selfsubjectreview", false) { IsReview = true };
    public static readonly ResourceType SelfSubjectAccessReview =
        new(Authorization, "v1", "SelfSubjectAccessReview", "selfsubjectaccessreviews", "selfsubjectaccessreview", false) { IsReview = true };
    public static readonly ResourceType SelfSubjectRulesReview =
        new(Authorization, "v1", "SelfSubjectRulesReview", "selfsubjectrulesreviews", "selfsubjectrulesreview", false) { IsReview = true };
    public static readonly ResourceType SubjectAccessReview =
        new(Authorization, "v1", "SubjectAccessReview", "subjectaccessreviews", "subjectaccessreview", false) { IsReview = true };
    public static readonly ResourceType LocalSubjectAccessReview =
        new(Authorization, "v1", "LocalSubjectAccessReview", "localsubjectaccessreviews", "localsubjectaccessreview", true) { IsReview = true };

    public static readonly ResourceType Gateway = Istio(IstioNetworking, "Gateway", "gateways", "gw");
    public static readonly ResourceType VirtualService = Istio(IstioNetworking, "VirtualService", "virtualservices", "vs");
    public static readonly ResourceType DestinationRule = Istio(IstioNetworking, "DestinationRule", "destinationrules", "dr");
    public static readonly ResourceType Sidecar = Istio(IstioNetworking, "Sidecar", "sidecars");
    public static readonly ResourceType ServiceEntry = Istio(IstioNetworking, "ServiceEntry", "serviceentries", "se");
    public static readonly ResourceType PeerAuthentication = Istio(IstioSecurity, "PeerAuthentication", "peerauthentications", "pa");
    public static readonly ResourceType AuthorizationPolicy = Istio(IstioSecurity, "AuthorizationPolicy", "authorizationpolicies", "ap");
    public static readonly ResourceType IstioOperator =
        new("install.istio.io", "v1alpha1", "IstioOperator", "istiooperators", "istiooperator", true,
            HasStatus: true, HasGeneration: true, Custom: true)
        { ShortNames = ["iop", "io"] };

    public static readonly ResourceType GatewayClass =
        new(GatewayApi, "v1", "GatewayClass", "gatewayclasses", "gatewayclass", false, HasStatus: true, HasGeneration: true, Custom: true)
        { ShortNames = ["gc"], Categories = ["gateway-api"], AlsoServed = ["v1beta1"] };

    /// <summary>The Gateway API's Gateway; <see cref="Gateway"/> is Istio's own.</summary>
    public static readonly ResourceType KubernetesGateway =
        new(GatewayApi, "v1", "Gateway", "gateways", "gateway", true, HasStatus: true, HasGeneration: true, Custom: true)
        { ShortNames = ["gtw"], Categories = ["gateway-api"], AlsoServed = ["v1beta1"] };
    public static readonly ResourceType HttpRoute =
        new(GatewayApi, "v1", "HTTPRoute", "httproutes", "httproute", true, HasStatus: true, HasGeneration: true, Custom: true)
        { Categories = ["gateway-api"], AlsoServed = ["v1beta1"] };
    public static readonly ResourceType GrpcRoute =
        new(GatewayApi, "v1", "GRPCRoute", "grpcroutes", "grpcroute", true, HasStatus: true, HasGeneration: true, Custom: true)
        { Categories = ["gateway-api"] };
    public static readonly ResourceType ReferenceGrant =
        new(GatewayApi, "v1beta1", "ReferenceGrant", "referencegrants", "referencegrant", true, HasGeneration: true, Custom: true)
        { ShortNames = ["refgrant"], Categories = ["gateway-api"], AlsoServed = ["v1"] };

    public static readonly ResourceType SailIstio =
        new(Sail, "v1", "Istio", "istios", "istio", false, HasStatus: true, HasGeneration: true, Custom: true) { Categories = ["istio-io"] };
    public static readonly ResourceType SailIstioRevision =
        new(Sail, "v1", "IstioRevision", "istiorevisions", "istiorevision", false, HasStatus: true, HasGeneration: true, Custom: true)
        { ShortNames = ["istiorev"], Categories = ["istio-io"] };

    /// <summary>The whole table, in the order discovery lists it.</summary>
    public static readonly IReadOnlyList<ResourceType> All =
    [
        Namespace, Node, Pod, Service, ConfigMap, Secret, ServiceAccount, Event, Endpoints, ResourceQuota, LimitRange,
        Deployment, ReplicaSet, HorizontalPodAutoscaler, PodDisruptionBudget, EndpointSlice, NetworkPolicy, Lease,
        Role, RoleBinding, ClusterRole, ClusterRoleBinding,
        SelfSubjectReview, SelfSubjectAccessReview, SelfSubjectRulesReview, SubjectAccessReview, LocalSubjectAccessReview,
        MutatingWebhookConfiguration, ValidatingWebhookConfiguration, CustomResourceDefinition,
        Gateway, VirtualService, DestinationRule, Sidecar, ServiceEntry, PeerAuthentication, AuthorizationPolicy, IstioOperator,
        GatewayClass, KubernetesGateway, HttpRoute, GrpcRoute, ReferenceGrant, SailIstio, SailIstioRevision,
    ];

    private static readonly FrozenDictionary<(string Group, string Version, string Plural), ResourceType> ByPath =
        All.SelectMany(type => type.AlsoServed.Prepend(type.Version), (type, version) => (type, version))
            .ToFrozenDictionary(entry => (entry.type.Group, entry.version, entry.type.Plural), entry => entry.type);

    private static readonly FrozenDictionary<string, ResourceType> ByQualifiedName = All.ToFrozenDictionary(type => type.QualifiedName);

    /// <summary>The type behind a URL, or null when it is not served.</summary>
    public static ResourceType? Find(string group, string version, string plural) => ByPath.GetValueOrDefault((group, version, plural));

    /// <summary>The type of an object with these two members, in any served version, or null.</summary>
    public static ResourceType? FindKind(string apiVersion, string kind) =>
        All.FirstOrDefault(type => type.Kind == kind
            && type.AlsoServed.Prepend(type.Version).Any(version => type.ApiVersionOf(version) == apiVersion));

    /// <summary>The type with this <see cref="ResourceType.QualifiedName"/>, or null.</summary>
    public static ResourceType? FindQualified(string qualifiedName) => ByQualifiedName.GetValueOrDefault(qualifiedName);

    private static ResourceType Istio(string group, string kind, string plural, params string[] shortNames) =>
        new(group, "v1", kind, plural, kind.ToLowerInvariant(), true, HasStatus: true, HasGeneration: true, Custom: true)
        { ShortNames = shortNames, Categories = ["istio-io"], AlsoServed = ["v1beta1"] };
}
