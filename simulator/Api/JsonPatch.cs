using System.Globalization;
using System.Text.Json.Nodes;

namespace Orchestrator.Simulator.Api;

/// <summary>JSON patch (RFC 6902): a list of operations, all of which happen or none.</summary>
internal static class JsonPatch
{
    /// <summary>The object that results.</summary>
    /// <exception cref="KubeException">422 when an operation cannot be done, e.g. a failed test.</exception>
    public static JsonObject Apply(JsonObject target, JsonNode patch)
    {
        if (patch is not JsonArray operations) throw KubeException.BadRequest("a JSON patch is a list of operations");
        JsonNode? root = target.Copy();
        foreach (var operation in operations)
        {
            var path = Segments(operation, "path");
            root = operation.At("op").AsText() switch
            {
                "add" => Set(root, path, operation.At("value")?.DeepClone(), insert: true),
                "replace" when Get(root, path, operation) is var _ => Set(root, path, operation.At("value")?.DeepClone(), insert: false),
                "remove" when Get(root, path, operation) is var _ => Remove(root, path),
                "copy" => Set(root, path, Get(root, Segments(operation, "from"), operation)?.DeepClone(), insert: true),
                "move" when Get(root, Segments(operation, "from"), operation)?.DeepClone() is var moved =>
                    Set(Remove(root, Segments(operation, "from")), path, moved, insert: true),
                "test" => JsonNode.DeepEquals(Get(root, path, operation), operation.At("value"))
                    ? root
                    : throw Failed(operation, "the value differs"),
                _ => throw KubeException.BadRequest($"unknown operation in the JSON patch: {operation?.ToJsonString()}"),
            };
        }
        return root as JsonObject ?? throw KubeException.BadRequest("the patch leaves no object");
    }

    private static string[] Segments(JsonNode? operation, string member)
    {
        var pointer = operation.At(member).AsText()
            ?? throw KubeException.BadRequest($"an operation of the JSON patch has no {member}: {operation?.ToJsonString()}");
        if (pointer.Length > 0 && pointer[0] != '/') throw KubeException.BadRequest($"{member} of the JSON patch is no JSON pointer: {pointer}");
        return [.. pointer.Split('/').Skip(1).Select(segment => segment.Replace("~1", "/").Replace("~0", "~"))];
    }

    private static JsonNode? Get(JsonNode? root, string[] path, JsonNode? operation)
    {
        foreach (var segment in path)
            root = root switch
            {
                JsonObject map when map.TryGetPropertyValue(segment, out var value) => value,
                JsonArray list when Index(segment) is { } i && i < list.Count => list[i],
                _ => throw Failed(operation, "there is nothing at its path"),
            };
        return root;
    }

    private static JsonNode? Set(JsonNode? root, string[] path, JsonNode? value, bool insert)
    {
        if (path.Length == 0) return value;
        switch (Get(root, path[..^1], null))
        {
            case JsonObject map:
                map[path[^1]] = value;
                return root;
            case JsonArray list when path[^1] == "-" && insert:
                list.Add(value);
                return root;
            case JsonArray list when Index(path[^1]) is { } i && i <= list.Count:
                if (insert) list.Insert(i, value);
                else list[i] = value;
                return root;
            default:
                throw Failed(null, $"/{string.Join('/', path)} is not below a map or a list");
        }
    }

    private static JsonNode? Remove(JsonNode? root, string[] path)
    {
        if (path.Length == 0) return null;
        if (Get(root, path[..^1], null) is JsonArray list) list.RemoveAt(Index(path[^1])!.Value);
        else ((JsonObject)Get(root, path[..^1], null)!).Remove(path[^1]);
        return root;
    }

    private static int? Index(string segment) => int.TryParse(segment, NumberStyles.None, CultureInfo.InvariantCulture, out var i) ? i : null;

    private static KubeException Failed(JsonNode? operation, string why) =>
        new(422, "Invalid", "the server rejected our request due to an error in our request: the JSON patch cannot be applied: "
            + $"{why} {operation?.ToJsonString()}".TrimEnd());
}
