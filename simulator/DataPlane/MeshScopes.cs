using System.Collections.Concurrent;
using Orchestrator.Simulator.Controllers;

namespace Orchestrator.Simulator.DataPlane;

/// <summary>What one control plane tells its proxies about.</summary>
/// <param name="Number">Another one after every change.</param>
/// <param name="ScopesGateways">Whether a Gateway counts in its own namespace alone.</param>
/// <param name="Namespaces">The namespaces whose rules it knows; null for all.</param>
internal sealed record MeshScope(long Number, bool ScopesGateways, IReadOnlySet<string>? Namespaces)
{
    public bool Sees(string ns) => Namespaces?.Contains(ns) ?? true;
}

/// <summary>The scope of every control plane, read anew after a change of it or of the namespaces.</summary>
internal sealed class MeshScopes(ClusterStore store)
{
    private readonly ConcurrentDictionary<(string Namespace, string Name), MeshScope> scopes = new();
    private long number;

    /// <summary>The scope of a proxy's control plane; one that is gone leaves its proxies as they were at first.</summary>
    public MeshScope Of((string Namespace, string Name) istiod) => scopes.GetOrAdd(istiod, Read);

    /// <summary>Takes a change of the cluster in.</summary>
    /// <returns>Whether any scope may be another now.</returns>
    public bool Apply(ClusterEvent change)
    {
        var matters = change.Type == ResourceTypes.Namespace
            ? change.Kind != ClusterEventKind.Modified || change.HasOtherLabels
            : change.Type == ResourceTypes.Deployment ? IstiodView.IsIstiod(change.Object) : IstiodView.IsMeshConfig(change.Type, change.Object);
        if (matters) scopes.Clear();
        return matters;
    }

    private MeshScope Read((string Namespace, string Name) key)
    {
        var next = Interlocked.Increment(ref number);
        if (IstiodView.Find(store, key.Namespace, key.Name) is not { } istiod) return new(next, false, null);
        return new(next, istiod.ScopesGateways, istiod.DiscoverySelectors.Count == 0 ? null
            : store.Snapshot(ResourceTypes.Namespace).Objects.Where(ns => istiod.Sees(ns.Labels)).Select(ns => ns.Name).ToHashSet());
    }
}
