using System.Text.Json.Nodes;
using Orchestrator.Cluster.Istio.Manifests;
using Orchestrator.Cluster.Kubernetes;

namespace Orchestrator.Cluster.Istio.Readiness;

/// <summary>
/// What istiod says of the objects of the Gateway API. A condition counts only at the object's present generation; and since istiod may judge an object
/// before it has seen what that refers to, one that is not as it shall be is waited for.
/// </summary>
public static class GatewayApiStatus
{
    /// <summary>istiod's class of ingress gateways.</summary>
    public const string Class = ManagedGateway.Class;

    private const string Controller = "istio.io/gateway-controller";

    private static readonly (string Type, string Status)[] Good = [("Accepted", "True"), ("Programmed", "True")];

    private static readonly (string Type, string Status)[] GoodListener =
        [("Accepted", "True"), ("ResolvedRefs", "True"), ("Programmed", "True"), ("Conflicted", "False")];

    private static readonly (string Type, string Status)[] GoodRoute = [("Accepted", "True"), ("ResolvedRefs", "True")];

    /// <summary>The custom resources that a tenant in mode <c>gatewayApi</c> needs.</summary>
    private static readonly string[] CustomResources = ["gateways.gateway.networking.k8s.io", "httproutes.gateway.networking.k8s.io"];

    /// <summary>What of the Gateway API a cluster does not serve, and how it gets it; null when it serves all.</summary>
    public static async Task<string?> LackingAsync(IResources resources, CancellationToken cancellationToken)
    {
        List<string> missing = [];
        foreach (var name in CustomResources)
        {
            var crd = await resources.GetAsync(ResourceType.CustomResourceDefinition, null, name, cancellationToken);
            var serves = crd.Items("spec", "versions").Any(version =>
                version.Text("name") == ResourceType.KubernetesGateway.Version && version.Flag("served") is true);
            missing.AddRange(serves ? [] : [name]);
        }

        return missing.Count == 0
            ? null
            : $"it does not serve {string.Join(", ", missing)} in version {ResourceType.KubernetesGateway.Version}. Install the Gateway API: "
                + "kubectl apply -f https://github.com/kubernetes-sigs/gateway-api/releases/latest/download/standard-install.yaml";
    }

    /// <summary>Why a cluster does not make what Gateways of a class need, and what to do; null when it does.</summary>
    public static async Task<string?> ClassLackingAsync(IResources resources, string name, CancellationToken cancellationToken)
    {
        var found = await resources.GetAsync(ResourceType.GatewayClass, null, name, cancellationToken);
        return found is null
            ? $"it has no GatewayClass {name}, which istiod makes when it starts on a cluster with the Gateway API: "
                + "restart istiod if the Gateway API was installed after it, and see that "
                + (name == WaypointGateway.Class ? "it has PILOT_ENABLE_AMBIENT=true (profile ambient)" : "PILOT_ENABLE_GATEWAY_API is not false")
            : found.Condition("Accepted").Text("status") != "True"
            ? $"istiod has not accepted GatewayClass {name} ({found.Condition("Accepted").Text("message")}): "
                + "see that istiod runs, and that no other controller has taken the class"
            : null;
    }

    /// <summary>What a Gateway is missing; none when it is accepted and programmed, as are all its listeners.</summary>
    public static IEnumerable<string> Missing(string title, JsonObject? gateway)
    {
        if (gateway is null)
        {
            return [$"{title} to be created"];
        }

        var generation = gateway.Number("metadata", "generation");
        return Unmet(title, gateway.Items("status", "conditions"), generation, Good).Concat(
            from listener in gateway.Items("spec", "listeners")
            let name = listener.Text("name")
            let status = gateway.Items("status", "listeners").FirstOrDefault(seen => seen.Text("name") == name)
            from unmet in Unmet($"{title}: listener {name}", status.Items("conditions"), generation, GoodListener)
            select unmet);
    }

    /// <summary>What the routes of a service are missing for the Gateway of their tenant to take them; none when nothing.</summary>
    public static IEnumerable<string> MissingOfRoute(string title, JsonObject? route, string gateway)
    {
        if (route is null)
        {
            return [$"{title} to be created"];
        }

        var parent = route.Items("status", "parents").FirstOrDefault(seen =>
            seen.Text("controllerName") == Controller && seen.Text("parentRef", "name") == gateway);
        return Unmet($"{title} at Gateway {gateway}", parent.Items("conditions"), route.Number("metadata", "generation"), GoodRoute);
    }

    private static IEnumerable<string> Unmet(
        string title, IEnumerable<JsonNode?> conditions, long generation, IEnumerable<(string Type, string Status)> wanted) =>
        from want in wanted
        let condition = conditions.FirstOrDefault(condition => condition.Text("type") == want.Type)
        where condition.Text("status") != want.Status || condition.Number("observedGeneration") != generation
        select condition is null || condition.Number("observedGeneration") != generation
            ? $"{title} to be seen by istiod ({want.Type})"
            : $"{title} to be {(want.Status == "True" ? "" : "not ")}{want.Type} ({condition.Text("reason")}: {condition.Text("message")})";
}
