namespace Orchestrator.Cluster.Kubernetes;

/// <summary>A right that the orchestrator needs in every namespace.</summary>
/// <param name="Group">The API group; empty for the core group.</param>
/// <param name="Resource">The resource, with its subresource: <c>pods/proxy</c>.</param>
/// <param name="Verbs">What is done with it.</param>
/// <param name="Name">The only object on which it is needed; null for every one.</param>
public sealed record ClusterRight(string Group, string Resource, IReadOnlyList<string> Verbs, string? Name = null)
{
    /// <summary>How people name what it is on: <c>deployments.apps</c>, <c>clusterroles.rbac.authorization.k8s.io/admin</c>.</summary>
    public string Title => (Group.Length == 0 ? Resource : $"{Resource}.{Group}") + (Name is null ? "" : $"/{Name}");
}

/// <summary>
/// Every right that the orchestrator needs on a cluster. The ClusterRole in <c>infra/kubernetes</c> grants these and no others; a test compares them.
/// </summary>
public static class ClusterRights
{
    private static readonly IReadOnlyList<string> Owns = ["get", "list", "watch", "create", "patch", "delete"];
    private static readonly IReadOnlyList<string> Follows = ["get", "list", "watch"];

    /// <summary>The list.</summary>
    public static IReadOnlyList<ClusterRight> All { get; } =
    [
        // What is made for a tenant and its services.
        Right(ResourceType.Namespace, Owns),
        Right(ResourceType.Service, Owns),
        Right(ResourceType.ServiceAccount, Owns),
        Right(ResourceType.ConfigMap, Owns),
        Right(ResourceType.Deployment, Owns),
        Right(ResourceType.HorizontalPodAutoscaler, Owns),
        Right(ResourceType.PodDisruptionBudget, Owns),
        Right(ResourceType.Gateway, Owns),
        Right(ResourceType.VirtualService, Owns),
        Right(ResourceType.DestinationRule, Owns),
        Right(ResourceType.KubernetesGateway, Owns),
        Right(ResourceType.HttpRoute, Owns),
        Right(ResourceType.IstioOperator, Owns),
        Right(ResourceType.Istio, Owns),

        // What keeps tenants apart.
        Right(ResourceType.Sidecar, Owns),
        Right(ResourceType.PeerAuthentication, Owns),
        Right(ResourceType.AuthorizationPolicy, Owns),
        Right(ResourceType.NetworkPolicy, Owns),
        Right(ResourceType.ResourceQuota, Owns),
        Right(ResourceType.LimitRange, Owns),

        // The Role of a gateway reads secrets, which the orchestrator itself must not: it may write a Role with rights that it lacks.
        Right(ResourceType.Role, [.. Owns, "escalate", "bind"]),
        Right(ResourceType.RoleBinding, Owns),

        // A tenant's administrators get the ClusterRole that every cluster has for them, whose rights the orchestrator lacks.
        new(ResourceType.Role.Group, "clusterroles", ["bind"], Ownership.AdminRole),

        // What people see of it on the cluster.
        Right(ResourceType.Event, ["create"]),

        // What tells whether all that works; a pod is tried in a dry run, and one that came up without its proxy is deleted.
        Right(ResourceType.GatewayClass, ["get"]),
        Right(ResourceType.Pod, ["list", "create", "delete"]),
        new("", "pods/proxy", ["get"]),
        Right(ResourceType.Node, ["list"]),
        Right(ResourceType.ReplicaSet, ["list"]),
        Right(ResourceType.EndpointSlice, ["list"]),
        Right(ResourceType.CustomResourceDefinition, Follows),
        Right(ResourceType.MutatingWebhookConfiguration, Follows),
        Right(ResourceType.ValidatingWebhookConfiguration, ["get"]),
    ];

    private static ClusterRight Right(ResourceType type, IReadOnlyList<string> verbs) => new(type.Group, type.Plural, verbs);
}
