using System.Text.Json.Nodes;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Domain.Tenants;
using Orchestrator.Domain.Traffic;

namespace Orchestrator.Cluster.Istio;

/// <summary>The route by which a run asks proxies what they have learned: pure.</summary>
public static class ProofRoute
{
    /// <summary>The name of the route; a route of that name is ours.</summary>
    internal static string Name(string service) => $"canary-proof-{service}";

    /// <summary>The route of a VirtualService to the candidate alone, whatever the path, that stands before all others.</summary>
    internal static JsonObject Of(TrafficProof proof, string service, JsonObject candidate)
    {
        var destination = candidate.DeepClone().AsObject();
        destination.Remove("weight");
        return new()
        {
            ["name"] = Name(service),
            ["match"] = new JsonArray(new JsonObject { ["headers"] = new JsonObject { [TrafficProof.Header] = new JsonObject { ["exact"] = proof.Token } } }),
            ["route"] = new JsonArray(destination),
            ["headers"] = new JsonObject { ["response"] = new JsonObject { ["set"] = new JsonObject { [TrafficProof.Header] = $"{proof}" } } },
        };
    }

    /// <summary>Where the route of a write leads that stands in a rule; null when it does not.</summary>
    internal static JsonNode? Find(JsonObject rule, TrafficProof proof) =>
        rule.Items("spec", "http").FirstOrDefault(route =>
            route.Items("match").FirstOrDefault().Text("headers", TrafficProof.Header, "exact") == proof.Token
            && route.Text("headers", "response", "set", TrafficProof.Header) == $"{proof}").Items("route").FirstOrDefault()
        ?? rule.Items("spec", "rules").FirstOrDefault(own =>
            own.Items("matches").FirstOrDefault().Items("headers").LastOrDefault().Text("value") == proof.Token
            && own.Items("backendRefs").FirstOrDefault().Items("filters").FirstOrDefault().Items("responseHeaderModifier", "set").FirstOrDefault().Text("value") == $"{proof}")
            .Items("backendRefs").FirstOrDefault();

    /// <summary>The host to ask for: that of the tenant, unless the rule is for others.</summary>
    public static string? HostOf(JsonObject rule, Entrance entrance)
    {
        var hosts = rule.Items("spec", rule.Kind == ResourceType.HttpRoute.Kind ? "hostnames" : "hosts").Select(host => host!.GetValue<string>()).DefaultIfEmpty(HostNames.Any).ToList();
        return entrance.Host is { } own && hosts.Exists(host => host == HostNames.Any || host == own || HostNames.Overlap(host, own)) ? own : HostNames.Sample(hosts[0]);
    }

    /// <summary>Why the proxies that obey a service's routes cannot be asked; null when they can.</summary>
    /// <param name="before">The routes.</param>
    /// <param name="entrance">Where the tenant's requests come in; null where that is not known.</param>
    public static string? WhyNot(TrafficBaseline before, Entrance? entrance) => entrance is null
        ? $"{before.Service} is no service of tenant {before.Namespace} behind a port of its gateway that speaks HTTP: add it to the tenant's services"
        : before.HttpRoute is { } route
            ? WhyNot(ResourceType.HttpRoute, before.Namespace, before.Service, route.Spec, entrance)
            : WhyNot(ResourceType.VirtualService, before.Namespace, before.Service, before.VirtualService!.Spec, entrance);

    /// <inheritdoc cref="WhyNot(TrafficBaseline, Entrance)"/>
    internal static string? WhyNot(ResourceType type, string ns, string service, JsonNode spec, Entrance entrance)
    {
        var title = KubernetesObject.Title(type.Kind, ns, service);
        if (type == ResourceType.VirtualService && !spec.Items("http").Any())
        {
            return $"{title} has no HTTP route";
        }

        var gateways = type == ResourceType.VirtualService
            ? spec.Items("gateways").Select(gateway => gateway?.GetValue<string>()).DefaultIfEmpty("mesh")
                .Select(name => name == $"{ns}/{entrance.Gateway}" ? entrance.Gateway : name)
            : spec.Items("parentRefs").Select(parent =>
                (parent.Text("kind") ?? ResourceType.KubernetesGateway.Kind) == ResourceType.KubernetesGateway.Kind && (parent.Text("namespace") ?? ns) == ns
                    ? parent.Text("name")
                    : $"{parent.Text("kind") ?? ResourceType.KubernetesGateway.Kind} {parent.Text("namespace") ?? ns}/{parent.Text("name")}");
        return gateways.FirstOrDefault(name => name != entrance.Gateway) is { } other
            ? $"{title} is obeyed by {other} too, whose proxies cannot be asked"
            : null;
    }
}
