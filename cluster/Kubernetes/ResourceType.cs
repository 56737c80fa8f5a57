namespace Orchestrator.Cluster.Kubernetes;

/// <summary>A kind of Kubernetes object and where the API serves it.</summary>
/// <param name="Group">API group; empty for the core group.</param>
/// <param name="Version">API version, e.g. <c>v1</c>.</param>
/// <param name="Kind">The object's <c>kind</c>.</param>
/// <param name="Plural">The path segment of its collection.</param>
/// <param name="Namespaced">Whether its objects live in a namespace.</param>
public sealed record ResourceType(string Group, string Version, string Kind, string Plural, bool Namespaced = true)
{
    public static readonly ResourceType Namespace = new("", "v1", "Namespace", "namespaces", Namespaced: false);
    public static readonly ResourceType Node = new("", "v1", "Node", "nodes", Namespaced: false);
    public static readonly ResourceType ConfigMap = new("", "v1", "ConfigMap", "configmaps");
    public static readonly ResourceType Pod = new("", "v1", "Pod", "pods");
    public static readonly ResourceType Event = new("", "v1", "Event", "events");
    public static readonly ResourceType Service = new("", "v1", "Service", "services");
    public static readonly ResourceType ServiceAccount = new("", "v1", "ServiceAccount", "serviceaccounts");
    public static readonly ResourceType Deployment = new("apps", "v1", "Deployment", "deployments");
    public static readonly ResourceType ReplicaSet = new("apps", "v1", "ReplicaSet", "replicasets");
    public static readonly ResourceType HorizontalPodAutoscaler = new("autoscaling", "v2", "HorizontalPodAutoscaler", "horizontalpodautoscalers");
    public static readonly ResourceType PodDisruptionBudget = new("policy", "v1", "PodDisruptionBudget", "poddisruptionbudgets");
    public static readonly ResourceType NetworkPolicy = new("networking.k8s.io", "v1", "NetworkPolicy", "networkpolicies");
    public static readonly ResourceType ResourceQuota = new("", "v1", "ResourceQuota", "resourcequotas");
    public static readonly ResourceType LimitRange = new("", "v1", "LimitRange", "limitranges");
    public static readonly ResourceType EndpointSlice = new("discovery.k8s.io", "v1", "EndpointSlice", "endpointslices");
    public static readonly ResourceType Role = new("rbac.authorization.k8s.io", "v1", "Role", "roles");
    public static readonly ResourceType RoleBinding = new("rbac.authorization.k8s.io", "v1", "RoleBinding", "rolebindings");
    public static readonly ResourceType CustomResourceDefinition =
        new("apiextensions.k8s.io", "v1", "CustomResourceDefinition", "customresourcedefinitions", Namespaced: false);
    public static readonly ResourceType MutatingWebhookConfiguration =
        new("admissionregistration.k8s.io", "v1", "MutatingWebhookConfiguration", "mutatingwebhookconfigurations", Namespaced: false);
    public static readonly ResourceType ValidatingWebhookConfiguration =
        new("admissionregistration.k8s.io", "v1", "ValidatingWebhookConfiguration", "validatingwebhookconfigurations", Namespaced: false);
    public static readonly ResourceType GatewayClass = new("gateway.networking.k8s.io", "v1", "GatewayClass", "gatewayclasses", Namespaced: false);
    public static readonly ResourceType KubernetesGateway = new("gateway.networking.k8s.io", "v1", "Gateway", "gateways");
    public static readonly ResourceType HttpRoute = new("gateway.networking.k8s.io", "v1", "HTTPRoute", "httproutes");
    public static readonly ResourceType Gateway = new("networking.istio.io", "v1", "Gateway", "gateways");
    public static readonly ResourceType VirtualService = new("networking.istio.io", "v1", "VirtualService", "virtualservices");
    public static readonly ResourceType DestinationRule = new("networking.istio.io", "v1", "DestinationRule", "destinationrules");
    public static readonly ResourceType Sidecar = new("networking.istio.io", "v1", "Sidecar", "sidecars");
    public static readonly ResourceType PeerAuthentication = new("security.istio.io", "v1", "PeerAuthentication", "peerauthentications");
    public static readonly ResourceType AuthorizationPolicy = new("security.istio.io", "v1", "AuthorizationPolicy", "authorizationpolicies");
    public static readonly ResourceType IstioOperator = new("install.istio.io", "v1alpha1", "IstioOperator", "istiooperators");
    public static readonly ResourceType Istio = new("sailoperator.io", "v1", "Istio", "istios", Namespaced: false);

    /// <summary>The object's <c>apiVersion</c>.</summary>
    public string ApiVersion => Group.Length == 0 ? Version : $"{Group}/{Version}";

    /// <summary>The path of a collection, of all namespaces when <paramref name="ns"/> is null, or of one object in it.</summary>
    /// <exception cref="ArgumentException">One object of a namespaced kind is meant and no namespace is given.</exception>
    public string Path(string? ns, string? name = null)
    {
        if (Namespaced && name is not null && string.IsNullOrEmpty(ns))
        {
            throw new ArgumentException($"{Kind} '{name}' lives in a namespace: name it.", nameof(ns));
        }

        var root = Group.Length == 0 ? $"api/{Version}" : $"apis/{Group}/{Version}";
        var collection = Namespaced && ns is not null ? $"{root}/namespaces/{Uri.EscapeDataString(ns)}/{Plural}" : $"{root}/{Plural}";
        return name is null ? collection : $"{collection}/{Uri.EscapeDataString(name)}";
    }
}
