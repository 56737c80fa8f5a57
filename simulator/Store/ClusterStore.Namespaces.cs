namespace Orchestrator.Simulator;

public sealed partial class ClusterStore
{
    private static readonly ResourceType[] Namespaced = [.. ResourceTypes.All.Where(type => type.Namespaced)];

    /// <summary>Empties namespaces that terminate, those of a previous process included, and removes them once nothing is left.</summary>
    private void StartNamespaceCleanup()
    {
        Subscribe(change =>
        {
            if (change is { Kind: ClusterEventKind.Modified, Object.IsTerminating: true } && change.Type == ResourceTypes.Namespace)
                Empty(change.Object.Name);
            else if (change is { Kind: ClusterEventKind.Deleted, Object.Namespace: { } ns })
                RemoveIfEmpty(ns);
        });
        foreach (var ns in List(ResourceTypes.Namespace).Where(ns => ns.IsTerminating)) Empty(ns.Name);
    }

    private void Empty(string ns)
    {
        foreach (var type in Namespaced)
            foreach (var obj in Snapshot(type, ns).Objects)
                // Somebody else may have deleted it meanwhile.
                try
                {
                    Delete(type, ns, obj.Name);
                }
                catch (KubeException gone) when (gone.Code == 404)
                {
                }
        RemoveIfEmpty(ns);
    }

    private void RemoveIfEmpty(string name)
    {
        lock (gate)
            if (Stored(ResourceTypes.Namespace, null, name) is { IsTerminating: true, HasFinalizers: false } ns
                && Namespaced.All(type => Snapshot(type, name).Objects.Count == 0))
                Commit(ClusterEventKind.Deleted, ResourceTypes.Namespace, ns.Copy(), ns);
    }
}
