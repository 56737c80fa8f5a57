using System.Text.Json.Nodes;

namespace Orchestrator.Cluster.Kubernetes;

/// <summary>
/// What a field manager applied last, read back from an object by its <c>metadata.managedFields</c>. Applied again, it puts back every field
/// that the manager has set since then and takes away those that it has added, and leaves the fields of others alone.
/// </summary>
public static class AppliedConfiguration
{
    /// <summary>The configuration that a manager applied, or null when it has applied none.</summary>
    public static JsonObject? Of(JsonObject obj, string manager) =>
        Entries(obj).FirstOrDefault(entry => entry.Text("manager") == manager && entry.Text("operation") == "Apply") is { } entry ? Held(obj, entry) : null;

    /// <summary>What others held in an object, applied or written in another way, and hold no longer or no longer so.</summary>
    public static IReadOnlyList<(string Manager, JsonObject Configuration)> Lost(JsonObject before, JsonObject now) =>
    [
        .. from entry in Entries(before)
           let manager = entry.Text("manager")
           where manager is not (null or Resources.FieldManager)
           let held = Held(before, entry)
           let left = Entries(now).FirstOrDefault(other => other.Text("manager") == manager && other.Text("operation") == entry.Text("operation"))
           where left is null || !JsonNode.DeepEquals(held, Held(now, left))
           select (manager, held),
    ];

    private static IEnumerable<JsonObject> Entries(JsonObject obj) => obj.Items("metadata", "managedFields")
        .OfType<JsonObject>()
        .Where(entry => entry.Text("subresource") is null or "" && entry["fieldsV1"] is JsonObject);

    private static JsonObject Held(JsonObject obj, JsonObject entry)
    {
        var applied = Nothing(obj);
        foreach (var (member, value) in Pick(obj, entry["fieldsV1"]!.AsObject())!.AsObject().ToList())
        {
            if (member != "metadata")
            {
                applied[member] = value?.DeepClone();
                continue;
            }

            foreach (var (field, owned) in value!.AsObject().ToList())
            {
                applied["metadata"]![field] = owned?.DeepClone();
            }
        }

        return applied;
    }

    /// <summary>The configuration that sets nothing: applied, it takes away every field that the manager holds alone.</summary>
    public static JsonObject Nothing(JsonObject obj)
    {
        var metadata = new JsonObject { ["name"] = obj.Name };
        if (obj.Namespace is { } ns)
        {
            metadata["namespace"] = ns;
        }

        return new() { ["apiVersion"] = obj.Text("apiVersion"), ["kind"] = obj.Kind, ["metadata"] = metadata };
    }

    /// <summary>
    /// The owned part of a value. In <c>fieldsV1</c>, <c>f:name</c> is a member, <c>k:{…}</c> the list item with these keys,
    /// <c>v:…</c> an item of a set, and nothing below a field means the whole value.
    /// </summary>
    private static JsonNode? Pick(JsonNode? value, JsonObject fields)
    {
        var parts = fields.Where(field => field.Key != ".").ToList();
        if (parts.Count == 0)
        {
            return value?.DeepClone();
        }

        return value switch
        {
            JsonObject map => new JsonObject(parts
                .Select(field => (Name: field.Key[2..], Fields: field.Value!.AsObject()))
                .Where(field => map.ContainsKey(field.Name))
                .Select(field => KeyValuePair.Create(field.Name, Pick(map[field.Name], field.Fields)))),
            JsonArray list => new JsonArray([.. list.SelectMany(item => Owned(item, parts))]),
            _ => value?.DeepClone(),
        };
    }

    private static IEnumerable<JsonNode?> Owned(JsonNode? item, List<KeyValuePair<string, JsonNode?>> parts)
    {
        foreach (var (edge, fields) in parts)
        {
            var key = JsonNode.Parse(edge[2..]);
            if (edge[0] == 'v' && JsonNode.DeepEquals(key, item))
            {
                yield return item?.DeepClone();
            }
            else if (edge[0] == 'k' && key!.AsObject().All(member => JsonNode.DeepEquals(member.Value, item.At(member.Key))))
            {
                var picked = Pick(item, fields!.AsObject());
                foreach (var (member, value) in key!.AsObject())
                {
                    picked![member] ??= value?.DeepClone();
                }

                yield return picked;
            }
        }
    }
}
