using System.Text.Json.Nodes;

namespace Orchestrator.Simulator.Store.Fields;

/// <summary>One writer of an object and the fields it holds.</summary>
internal sealed record ManagedFieldsEntry(
    string Manager, string Operation, string ApiVersion, string? Time, string? Subresource, FieldSet Fields)
{
    public const string Apply = "Apply", Update = "Update";

    /// <summary>Whether another entry is of the same writer, so that it takes this one's place.</summary>
    public bool IsBy(string manager, string operation, string? subresource) =>
        Manager == manager && Operation == operation && Subresource == subresource;
}

/// <summary><c>metadata.managedFields</c>: who holds which fields.</summary>
internal static class ManagedFields
{
    /// <summary>Nobody holds these: they say which object it is, or are the server's.</summary>
    private static readonly string[][] Unowned =
    [
        ["f:apiVersion"], ["f:kind"], ["f:metadata", "f:name"], ["f:metadata", "f:namespace"], ["f:metadata", "f:managedFields"],
        ["f:metadata", "f:creationTimestamp"], ["f:metadata", "f:uid"], ["f:metadata", "f:resourceVersion"], ["f:metadata", "f:generation"],
        ["f:metadata", "f:selfLink"], ["f:metadata", "f:deletionTimestamp"], ["f:metadata", "f:deletionGracePeriodSeconds"],
    ];

    public static IReadOnlyList<ManagedFieldsEntry> Read(JsonObject? obj) =>
    [
        .. (obj.At("metadata", "managedFields") as JsonArray ?? []).Select(entry => new ManagedFieldsEntry(
            entry.At("manager").AsText() ?? "", entry.At("operation").AsText() ?? "", entry.At("apiVersion").AsText() ?? "",
            entry.At("time").AsText(), entry.At("subresource").AsText(), FieldSet.FromFieldsV1(entry.At("fieldsV1")))),
    ];

    /// <summary>Puts the entries that hold something into an object.</summary>
    public static void Write(JsonObject obj, IEnumerable<ManagedFieldsEntry> entries)
    {
        obj.Metadata.Remove("managedFields");
        JsonNode[] written = [.. entries.Where(entry => !entry.Fields.IsEmpty).Select(Json)];
        if (written.Length > 0) obj.Metadata["managedFields"] = new JsonArray(written);
    }

    /// <summary>The fields of an applied object that its applier holds.</summary>
    public static FieldSet Owned(FieldSet fields) => Unowned.Aggregate(fields, (left, path) => left.Without(path));

    /// <summary>Records an update: its manager holds what it changed and nobody else does any more.</summary>
    /// <param name="type">Which kind.</param>
    /// <param name="old">The object before; null when it is new.</param>
    /// <param name="updated">The object after, completed; its entries are rewritten.</param>
    /// <param name="manager">Who updates; null for a writer that keeps no record, which leaves the entries as they were.</param>
    /// <param name="subresource"><c>status</c> for the status subresource.</param>
    /// <param name="now">The time of the entry.</param>
    public static void Track(ResourceType type, JsonObject? old, JsonObject updated, string? manager, string? subresource, string now)
    {
        var entries = subresource is null ? Stated(old, updated) : Read(old);
        if (manager is null)
        {
            if (old is not null) Write(updated, entries);
            return;
        }
        var (changed, removed) = FieldSets.Compare(old ?? [], updated, MergeRules.For(type));
        changed = Owned(changed);
        // A status filled in by the server itself belongs to nobody.
        if (subresource is null && type.HasStatus) changed = changed.Without("f:status");
        removed = Owned(removed);
        if (changed.IsEmpty && removed.IsEmpty)
        {
            Write(updated, entries);
            return;
        }
        var mine = entries.FirstOrDefault(entry => entry.IsBy(manager, ManagedFieldsEntry.Update, subresource));
        var gone = changed.Union(removed);
        var rest = entries.Where(entry => entry != mine).Select(entry => entry with { Fields = entry.Fields.Except(gone) });
        var fields = (mine?.Fields ?? FieldSet.Empty).Except(removed).Union(changed);
        Write(updated, rest.Append(new(manager, ManagedFieldsEntry.Update, type.ApiVersion, now, subresource, fields)));
    }

    /// <summary>A writer may set the entries itself, and take all away by one empty entry; who sends none leaves them as they are.</summary>
    private static IReadOnlyList<ManagedFieldsEntry> Stated(JsonObject? old, JsonObject updated) => updated.At("metadata", "managedFields") switch
    {
        JsonArray { Count: 1 } only when only[0] is JsonObject { Count: 0 } => [],
        JsonArray { Count: > 0 } => Read(updated),
        _ => Read(old),
    };

    private static JsonObject Json(ManagedFieldsEntry entry)
    {
        var json = new JsonObject
        {
            ["manager"] = entry.Manager,
            ["operation"] = entry.Operation,
            ["apiVersion"] = entry.ApiVersion,
        };
        if (entry.Time is not null) json["time"] = entry.Time;
        json["fieldsType"] = "FieldsV1";
        json["fieldsV1"] = entry.Fields.ToFieldsV1();
        if (entry.Subresource is not null) json["subresource"] = entry.Subresource;
        return json;
    }
}
