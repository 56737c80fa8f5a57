using System.Text.Json.Nodes;
using k8s;
using k8s.Models;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Domain.Meshes;
using YamlException = YamlDotNet.Core.YamlException;

namespace Orchestrator.Cluster.Istio.Readiness;

/// <summary>
/// Which namespaces the control planes of a cluster look at. Two that see the same namespace overwrite each other's root certificate in it for ever,
/// and proxies there trust neither.
/// </summary>
/// <param name="resources">The cluster.</param>
public sealed class Discovery(IResources resources)
{
    private static readonly Version FirstWithScopedRoots = new(1, 16);

    /// <summary>Every istiod of the cluster, or those of one revision.</summary>
    public static Task<IReadOnlyList<JsonObject>> ControlPlanesAsync(IResources resources, string? revision, CancellationToken cancellationToken) =>
        resources.ListAsync(ResourceType.Deployment, null, revision is null ? "app=istiod" : $"app=istiod,istio.io/rev={revision}", cancellationToken);

    /// <summary>Why a control plane cannot stand beside those that are there, in words; null when it can.</summary>
    public async Task<string?> ObstacleAsync(MeshSpec spec, CancellationToken cancellationToken)
    {
        foreach (var istiod in await ControlPlanesAsync(resources, null, cancellationToken))
        {
            var (revision, isNeighbour) = (RevisionOf(istiod), istiod.Namespace == spec.Namespace);
            if (isNeighbour && revision == spec.Revision)
            {
                continue; // It is the one that is meant.
            }

            if (revision == spec.Revision)
            {
                return $"Revision {revision} is that of {istiod.Title}: two injectors would put proxies into the same pods. Choose another revision.";
            }

            var selectors = await SelectorsAsync(istiod, cancellationToken);
            if (isNeighbour ? !Same(selectors, spec.Selectors) : AnySees(selectors, spec.Selectors) || AnySees(spec.Selectors, selectors))
            {
                return isNeighbour
                    ? $"{istiod.Title} looks at other namespaces than revision {spec.Revision} would, and of two that share a namespace one alone writes "
                        + "root certificates. Use the same discoverySelectors, or another namespace."
                    : $"{istiod.Title} looks at the namespaces that revision {spec.Revision} would look at, and each would overwrite the other's root certificate "
                        + $"there. Give it discoverySelectors that leave them out, e.g. {{matchExpressions: [{{key: {MeshSpec.DedicatedLabel}, operator: DoesNotExist}}]}}"
                        + (IsScoped(istiod) ? "." : $", and at least Istio {FirstWithScopedRoots}.");
            }
        }

        return null;
    }

    private static string RevisionOf(JsonObject istiod) => istiod.Label("istio.io/rev") is { Length: > 0 } revision ? revision : "default";

    /// <summary>What an istiod looks at, as its mesh configuration says; on AKS a second ConfigMap goes over the first.</summary>
    private async Task<IReadOnlyList<LabelSelector>> SelectorsAsync(JsonObject istiod, CancellationToken cancellationToken)
    {
        if (!IsScoped(istiod))
        {
            return [];
        }

        var revision = RevisionOf(istiod);
        IReadOnlyList<LabelSelector>? selectors = null;
        foreach (var name in (string[])[revision == "default" ? "istio" : $"istio-{revision}", $"istio-shared-configmap-{revision}"])
        {
            var map = await resources.GetAsync(ResourceType.ConfigMap, istiod.Namespace, name, cancellationToken);
            selectors = map.Text("data", "mesh") is { } mesh ? Read(mesh) ?? selectors : selectors;
        }

        return selectors ?? [];
    }

    private static IReadOnlyList<LabelSelector>? Read(string mesh)
    {
        try
        {
            return KubernetesYaml.Deserialize<MeshConfig>(mesh)?.DiscoverySelectors?.Select(Of).ToList();
        }
        catch (YamlException)
        {
            return null; // istiod falls back to what it knows, too.
        }
    }

    private static LabelSelector Of(V1LabelSelector selector) => new()
    {
        MatchLabels = new Dictionary<string, string>(selector.MatchLabels ?? new Dictionary<string, string>()),
        MatchExpressions = [.. (selector.MatchExpressions ?? []).Select(wanted => new LabelRequirement(
            wanted.Key, Enum.TryParse<LabelOperator>(wanted.OperatorProperty, out var comparison) ? comparison : LabelOperator.Exists, [.. wanted.Values ?? []]))],
    };

    /// <summary>
    /// Whether one looks at a namespace of the other's. Selectors are tried with the labels that they ask for, and no others: those are what our
    /// namespaces have.
    /// </summary>
    private static bool AnySees(IReadOnlyList<LabelSelector> one, IReadOnlyList<LabelSelector> other) =>
        (other.Count == 0 ? [new Dictionary<string, string>()] : other.Select(selector => selector.MatchLabels))
        .Any(labels => one.Count == 0 || one.Any(selector => selector.Matches(labels)));

    private static bool Same(IReadOnlyList<LabelSelector> a, IReadOnlyList<LabelSelector> b) => JsonNode.DeepEquals(Json(a), Json(b));

    private static JsonNode? Json(IReadOnlyList<LabelSelector> selectors) => System.Text.Json.JsonSerializer.SerializeToNode(selectors);

    /// <summary>Before that version discoverySelectors say nothing of root certificates. A version that cannot be read is taken for a new one.</summary>
    private static bool IsScoped(JsonObject istiod) =>
        ControlPlane.Version(istiod)?.TrimStart('v').Split('.', '-') is not [var major, var minor, ..]
        || !Version.TryParse($"{major}.{minor}", out var version)
        || version >= FirstWithScopedRoots;

    private sealed class MeshConfig
    {
        public List<V1LabelSelector>? DiscoverySelectors { get; set; }
    }
}
