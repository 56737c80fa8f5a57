using System.Text.Json;
using Orchestrator.Domain.Requests;

namespace Orchestrator.Domain.Meshes;

/// <summary>Reads a request for a control plane: a valid <see cref="MeshSpec"/>, or every problem at once.</summary>
public static class MeshRequest
{
    private const int MaxReplicas = 20;
    private const int MaxSelectors = 10;

    private static readonly TimeSpan ShortestTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestTimeout = TimeSpan.FromHours(2);

    /// <summary>Reads the body of <c>PUT /api/meshes/{cluster}</c>.</summary>
    public static Parsed<MeshSpec> Read(JsonElement body, string cluster) => Parsed.From(body, o => ReadSpec(o, cluster));

    private static MeshSpec ReadSpec(ObjectReader o, string cluster)
    {
        if (Names.DnsLabel(cluster) is { } wrong)
        {
            o.Problem("cluster", "invalid", wrong);
        }

        if (o.OptionalText("cluster") is { } named && named != cluster)
        {
            o.Problem("cluster", "mismatch", $"The path names cluster '{cluster}': leave 'cluster' out, or say the same.");
        }

        MeshProvider? provider = o.Has("provider") ? o.Choice("provider", MeshProvider.Existing) : null;
        if (provider is MeshProvider.Existing && o.Has("discoverySelectors"))
        {
            o.Problem(
                "discoverySelectors",
                "not-applicable",
                "An existing control plane is only proven, never written: set them where it is installed, and leave them out here.");
        }

        var selectors = o.Objects("discoverySelectors", MaxSelectors, SelectorRequest.Read);
        var minReplicas = o.Integer("minReplicas", 2, 1, MaxReplicas);
        var maxReplicas = o.Integer("maxReplicas", Math.Max(5, minReplicas), 1, MaxReplicas);
        if (maxReplicas < minReplicas)
        {
            o.Problem("maxReplicas", "range", $"Expected at least minReplicas, {minReplicas}, got {maxReplicas}.");
        }

        return new()
        {
            Cluster = cluster,
            Provider = provider,
            Revision = o.OptionalText("revision", Names.DnsLabel) ?? "default",
            Version = o.OptionalText("version", Names.Version),
            Namespace = o.OptionalText("namespace", CheckNamespace) ?? MeshSpec.DefaultNamespace,
            MinReplicas = minReplicas,
            MaxReplicas = maxReplicas,
            DiscoverySelectors = o.Has("discoverySelectors") ? selectors : null,
            ScopeGatewaysToNamespace = o.Boolean("scopeGatewaysToNamespace", true),
            Timeout = o.Duration("timeout", TimeSpan.FromMinutes(10), ShortestTimeout, LongestTimeout),
        };
    }

    private static string? CheckNamespace(string name) =>
        Names.DnsLabel(name)
        ?? (name is "default" || name.StartsWith("kube-", StringComparison.Ordinal)
            ? $"'{name}' is Kubernetes' own: use a namespace for the control plane alone, e.g. istio-system."
            : null);
}
