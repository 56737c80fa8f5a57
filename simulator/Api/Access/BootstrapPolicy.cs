using System.Text.Json.Nodes;

namespace Orchestrator.Simulator.Api.Access;

/// <summary>The roles that every cluster has, put there at the start where they are missing. The system's components need none here.</summary>
internal static class BootstrapPolicy
{
    private static readonly string[] Read = ["get", "list", "watch"], Write = ["create", "delete", "deletecollection", "patch", "update"];

    private static readonly string[] Namespaced =
    [
        "configmaps", "endpoints", "events", "limitranges", "pods", "pods/log", "pods/status", "resourcequotas", "serviceaccounts", "services",
        "services/status",
        "deployments", "deployments/scale", "deployments/status", "replicasets", "replicasets/scale", "replicasets/status",
        "horizontalpodautoscalers", "poddisruptionbudgets", "networkpolicies", "endpointslices",
    ];

    private static readonly string[] Groups = ["", "apps", "autoscaling", "policy", "networking.k8s.io", "discovery.k8s.io"];

    public static void Ensure(ClusterStore store)
    {
        PolicyRule everything = new(["*"], ["*"], ["*"], [], []);
        PolicyRule view = new(Read, Groups, [.. Namespaced, "namespaces"], [], []);
        string[] writable = [.. Namespaced.Where(resource => resource is not ("resourcequotas" or "limitranges")), "secrets", "pods/proxy", "services/proxy"];
        PolicyRule edit = new([.. Read, .. Write], Groups, writable, [], []);
        PolicyRule admin = new([.. Read, .. Write], ["rbac.authorization.k8s.io"], ["roles", "rolebindings"], [], []);
        Role("cluster-admin", everything, new(["*"], [], [], [], ["*"]));
        Role("view", view);
        Role("edit", view, edit);
        Role("admin", view, edit, admin);
        Role("system:discovery", new PolicyRule(["get"], [], [], [],
            ["/api", "/api/*", "/apis", "/apis/*", "/healthz", "/livez", "/openapi", "/openapi/*", "/readyz", "/version", "/version/"]));
        Role("system:basic-user",
            new(["create"], ["authorization.k8s.io"], ["selfsubjectaccessreviews", "selfsubjectrulesreviews"], [], []),
            new(["create"], ["authentication.k8s.io"], ["selfsubjectreviews"], [], []));
        Bind("cluster-admin", User.Masters);
        Bind("system:discovery", User.Authenticated);
        Bind("system:basic-user", User.Authenticated);

        void Role(string name, params PolicyRule[] rules) => Put(ResourceTypes.ClusterRole, new()
        {
            ["metadata"] = Metadata(name),
            ["rules"] = new JsonArray([.. rules.Select(rule => rule.ToJson())]),
        });

        void Bind(string role, string group) => Put(ResourceTypes.ClusterRoleBinding, new()
        {
            ["metadata"] = Metadata(role),
            ["roleRef"] = new JsonObject { ["apiGroup"] = "rbac.authorization.k8s.io", ["kind"] = "ClusterRole", ["name"] = role },
            ["subjects"] = new JsonArray(new JsonObject { ["apiGroup"] = "rbac.authorization.k8s.io", ["kind"] = "Group", ["name"] = group }),
        });

        void Put(ResourceType type, JsonObject obj)
        {
            if (store.Find(type, null, obj.Name) is null) store.Create(type, obj);
        }
    }

    private static JsonObject Metadata(string name) =>
        new() { ["name"] = name, ["labels"] = new JsonObject { ["kubernetes.io/bootstrapping"] = "rbac-defaults" } };
}
