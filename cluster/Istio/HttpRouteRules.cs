using System.Text.Json.Nodes;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Domain.Tenants;

namespace Orchestrator.Cluster.Istio;

/// <summary>
/// Finds the rules of a service's HTTPRoute by what they are, since rules have no names where the Gateway API is older than 1.4: the rule that serves
/// leads to versions of the service, and a canary's preview before it has the same matches with one more header.
/// </summary>
public static class HttpRouteRules
{
    /// <summary>The rules that serve everybody; one, unless others have added some.</summary>
    public static IReadOnlyList<JsonObject> Serving(JsonObject? route, string service)
    {
        var rules = Leading(route, service);
        return [.. rules.Where((rule, index) => !rules.Skip(index + 1).Any(later => IsPreview(rule, later)))];
    }

    /// <summary>The rules of canaries that stand before those that serve.</summary>
    internal static IReadOnlyList<JsonObject> Previews(JsonObject? route, string service) =>
        [.. Leading(route, service).Except(Serving(route, service))];

    /// <summary>The versions to which the rules that serve lead.</summary>
    public static IReadOnlyList<string> Versions(JsonObject? route, string service) =>
        [.. Serving(route, service).SelectMany(Backends).Select(backend => Version(backend, service)).OfType<string>().Distinct()];

    internal static IEnumerable<JsonObject> Backends(JsonObject rule) => rule.Items("backendRefs").OfType<JsonObject>();

    /// <summary>The version whose Service a backend is; null when it is none of the service's.</summary>
    internal static string? Version(JsonObject backend, string service)
    {
        var prefix = TenantNames.VersionService(service, "");
        return backend.Text("name") is { } name && name.StartsWith(prefix, StringComparison.Ordinal) ? name[prefix.Length..] : null;
    }

    private static List<JsonObject> Leading(JsonObject? route, string service) =>
        [.. route.Items("spec", "rules").OfType<JsonObject>().Where(rule => Backends(rule).Any(backend => Version(backend, service) is not null))];

    private static bool IsPreview(JsonObject rule, JsonObject of)
    {
        var (matches, plain) = (rule.Items("matches").ToList(), of.Items("matches").ToList());
        return matches.Count == plain.Count && matches.Zip(plain).All(pair => JsonNode.DeepEquals(WithoutLastHeader(pair.First), pair.Second));
    }

    /// <summary>A match without the header that a preview adds; null when it has none.</summary>
    private static JsonObject? WithoutLastHeader(JsonNode? match)
    {
        if (match?.DeepClone() is not JsonObject plain || plain["headers"] is not JsonArray { Count: > 0 } headers)
        {
            return null;
        }

        headers.RemoveAt(headers.Count - 1);
        if (headers.Count == 0)
        {
            plain.Remove("headers");
        }

        return plain;
    }
}
