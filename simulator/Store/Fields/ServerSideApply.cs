using System.Text.Json.Nodes;

namespace Orchestrator.Simulator.Store.Fields;

/// <summary>Server-side apply: a manager states the fields it wants and holds them from then on.</summary>
internal static class ServerSideApply
{
    /// <summary>The object that results, with its managers.</summary>
    /// <param name="type">Which kind.</param>
    /// <param name="live">What is stored; null when it is new.</param>
    /// <param name="applied">What the manager states: everything it holds, and nothing else.</param>
    /// <param name="manager">Who applies.</param>
    /// <param name="subresource">Of which subresource, or null.</param>
    /// <param name="force">Take fields others hold from them instead of refusing.</param>
    /// <param name="now">The time of the entry.</param>
    /// <exception cref="KubeException">409 naming every field another manager holds with another value.</exception>
    public static JsonObject Apply(
        ResourceType type, JsonObject? live, JsonObject applied, string manager, string? subresource, bool force, string now)
    {
        var rule = MergeRules.For(type);
        var entries = ManagedFields.Read(live);
        var mine = entries.FirstOrDefault(entry => entry.IsBy(manager, ManagedFieldsEntry.Apply, subresource));
        ManagedFieldsEntry[] others = [.. entries.Where(entry => entry != mine)];
        var stated = ManagedFields.Owned(FieldSets.Of(applied, rule));

        var merged = (JsonObject)Merge.Into(live, applied, rule)!;
        if (live is not null)
        {
            var conflict = ManagedFields.Owned(FieldSets.Compare(live, merged, rule).Changed);
            if (!force) RefuseConflicts(type, applied.Name, others, conflict);
            others = [.. others.Select(entry => entry with { Fields = entry.Fields.Except(conflict) })];
            if (mine is not null)
                Merge.Remove(merged, mine.Fields.Except(stated), others.Aggregate(stated, (held, entry) => held.Union(entry.Fields)), rule);
        }
        var unchanged = mine is not null && mine.Fields.SameAs(stated) && mine.ApiVersion == type.ApiVersion && SameContent(live, merged);
        ManagedFields.Write(merged, unchanged
            ? entries
            : others.Append(new(manager, ManagedFieldsEntry.Apply, type.ApiVersion, now, subresource, stated)));
        return merged;
    }

    private static bool SameContent(JsonObject? live, JsonObject merged) => live is not null && JsonNode.DeepEquals(live, merged);

    /// <exception cref="KubeException">409 naming every changed field that another manager holds.</exception>
    public static void RefuseConflicts(ResourceType type, string name, IEnumerable<ManagedFieldsEntry> others, FieldSet changed)
    {
        var conflicts = (from entry in others
                         from path in entry.Fields.Intersect(changed).Paths()
                         select (Manager: Describe(entry), Path: path)).ToArray();
        if (conflicts.Length == 0) return;
        var byManager = conflicts.GroupBy(conflict => conflict.Manager).Select(group => group.ToArray());
        var texts = byManager.Select(group => group is [var one]
            ? $"conflict with {one.Manager}: {one.Path}"
            : $"conflicts with {group[0].Manager}:\n{string.Join("\n", group.Select(conflict => $"- {conflict.Path}"))}");
        throw new KubeException(409, "Conflict",
            $"Apply failed with {conflicts.Length} conflict{(conflicts.Length == 1 ? "" : "s")}: {string.Join("\n", texts)}")
        {
            Type = type,
            Name = name,
            Causes = [.. conflicts.Select(conflict => new KubeCause("FieldManagerConflict", $"conflict with {conflict.Manager}", conflict.Path))],
        };
    }

    private static string Describe(ManagedFieldsEntry entry)
    {
        var text = $"\"{entry.Manager}\"";
        if (entry.Subresource is not null) text += $" with subresource \"{entry.Subresource}\"";
        return entry.Operation != ManagedFieldsEntry.Update ? text
            : $"{text} using {entry.ApiVersion}{(entry.Time is null ? "" : $" at {entry.Time}")}";
    }
}
