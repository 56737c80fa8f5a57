using System.Text.Json.Nodes;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Domain.Canaries;
using Orchestrator.Domain.Traffic;

namespace Orchestrator.Cluster.Istio;

/// <summary>
/// Finds the VirtualService that holds a service's routes where the one named like it delegates to another: pure. What delegates is never edited, because
/// it belongs to whoever shares out the host. A VirtualService without hosts that is named like the service is a delegate itself, and holds the routes.
/// </summary>
internal static class RouteDelegate
{
    /// <summary>The name of the delegate; null when the VirtualService holds the routes itself.</summary>
    /// <exception cref="TrafficException">It has several delegates, or one in another namespace.</exception>
    public static string? Of(JsonObject root, string ns, string service)
    {
        var references = References(root).ToList();
        if (references.Count == 0 || ConnectionRoutes.LeadTo(root, ns, service))
        {
            return null;
        }

        if (references is not [var (name, where)])
        {
            throw new TrafficException(
                $"{root.Title} delegates to several: {string.Join(", ", references.Select(one => $"{one.Namespace}/{one.Name}"))}. "
                + $"Name the one that has the routes of {service} '{service}', and the root otherwise.");
        }

        return where == ns ? name : throw new TrafficException(
            $"{root.Title} delegates to {where}/{name}: a canary steers routes of its own namespace only. Move the delegate to {ns}.");
    }

    /// <summary>The delegate, if it is one that Istio heeds.</summary>
    /// <param name="root">What refers to it.</param>
    /// <param name="name">Its name.</param>
    /// <param name="found">What is there of that name.</param>
    /// <exception cref="TrafficException">There is none, or it has hosts or gateways, or delegates again.</exception>
    public static JsonObject Checked(JsonObject root, string name, JsonObject? found)
    {
        var wrong = found switch
        {
            null => "is not there: create it, or give the root a route of its own",
            _ when found.Items("spec", "hosts").Any() || found.Items("spec", "gateways").Any() => "is none: Istio leaves one with hosts or gateways out. Take them away",
            _ when References(found).Any() => "delegates again, and Istio follows one level only. Give it routes of its own",
            _ => null,
        };
        return wrong is null ? found! : throw new TrafficException(
            $"{root.Title} delegates to {KubernetesObject.Title(ResourceType.VirtualService.Kind, root.Namespace, name)}, which {wrong}.");
    }

    /// <summary>What others have changed of who holds the routes. Nothing of it is put back: the root is not the run's to edit.</summary>
    /// <param name="root">The VirtualService named like the service, as it stands; null when it is gone.</param>
    /// <param name="before">What the run began from.</param>
    /// <param name="policy">What becomes of changes.</param>
    public static IReadOnlyList<ForeignChange> Changes(JsonObject? root, TrafficBaseline before, ForeignChangePolicy policy)
    {
        string[] held = root is null ? [] : [.. References(root).Select(one => $"{one.Namespace}/{one.Name}")];
        var was = $"{before.Namespace}/{before.Delegate}";
        return held.Contains(was) ? [] :
        [
            new(
                KubernetesObject.Title(ResourceType.VirtualService.Kind, before.Namespace, before.Service), root is null ? "" : "spec.http.delegate", null,
                $"\"{was}\"", held.Length == 0 ? null : $"\"{string.Join(", ", held)}\"",
                policy == ForeignChangePolicy.Abort ? ForeignChangeAnswer.Aborted : ForeignChangeAnswer.Held),
        ];
    }

    private static IEnumerable<(string Name, string? Namespace)> References(JsonObject root) =>
        from route in root.Items("spec", "http")
        let reference = route.At("delegate") as JsonObject
        where reference is not null
        select (reference.Text("name") ?? "", reference.Text("namespace") is { Length: > 0 } other ? other : root.Namespace);
}
