using System.Text.Json.Nodes;
using Orchestrator.Simulator.Store.Fields;

namespace Orchestrator.Simulator;

public sealed partial class ClusterStore
{
    /// <summary>Server-side apply: states what a manager wants of an object, and makes it when it is missing.</summary>
    /// <param name="type">Which kind.</param>
    /// <param name="applied">Everything the manager wants, with <c>metadata.name</c>, and nothing else.</param>
    /// <param name="manager">Who applies.</param>
    /// <param name="force">Take fields others hold from them instead of refusing.</param>
    /// <param name="dryRun">Check and fill in everything, write nothing.</param>
    /// <param name="subresource"><c>status</c>, or null for the object itself.</param>
    /// <returns>A copy of what is stored, and whether it is new.</returns>
    /// <exception cref="KubeException">As <c>Create</c> and <c>Update</c>; 409 naming every field another manager holds with another
    /// value.</exception>
    public (JsonObject Result, bool Created) Apply(
        ResourceType type, JsonObject applied, string manager, bool force, bool dryRun = false, string? subresource = null)
    {
        applied = WithHeader(type, applied.Copy());
        lock (gate)
        {
            var live = Find(type, applied.Namespace, applied.Name);
            if (live is null && subresource is not null) throw KubeException.NotFound(type, applied.Name);
            var merged = ServerSideApply.Apply(type, live, applied, manager, subresource, force, Now);
            var managers = merged.At("metadata", "managedFields");
            if (live is null) return (Create(type, merged, dryRun, Keep), true);
            return (subresource == "status"
                ? UpdateStatus(type, merged, dryRun, (_, updated) => Keep(updated))
                : Update(type, merged, dryRun, (_, updated) => Keep(updated)), false);

            void Keep(JsonObject stored)
            {
                stored.Metadata.Remove("managedFields");
                if (managers is not null) stored.Metadata["managedFields"] = managers.DeepClone();
            }
        }
    }
}
