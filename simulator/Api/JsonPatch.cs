using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.JsonPatch.SystemTextJson;
using Microsoft.AspNetCore.JsonPatch.SystemTextJson.Exceptions;

namespace Orchestrator.Simulator.Api;

/// <summary>JSON patch (RFC 6902): a list of operations, all of which happen or none.</summary>
internal static class JsonPatch
{
    private static readonly string[] Operations = ["add", "copy", "move", "remove", "replace", "test"];
    private static readonly JsonSerializerOptions Web = new(JsonSerializerDefaults.Web);

    /// <summary>The object that results.</summary>
    /// <exception cref="KubeException">400 for what is no JSON patch, 422 when an operation cannot be done, e.g. a failed test.</exception>
    public static JsonObject Apply(JsonObject target, JsonNode patch)
    {
        if (patch is not JsonArray operations) throw KubeException.BadRequest("a JSON patch is a list of operations");
        var result = target.Copy();
        foreach (var operation in operations)
            Do(result, operation.At("op").AsText() == "copy" ? AsAdd(result, operation!.AsObject()) : operation);
        return result;
    }

    /// <summary>The library cannot copy plain values: what stands at <c>from</c> is moved out of a copy and added.</summary>
    private static JsonObject AsAdd(JsonObject target, JsonObject copy)
    {
        const string Place = "copied";
        var (source, holder) = (target.Copy(), new JsonObject());
        holder["source"] = source;
        Do(holder, new JsonObject { ["op"] = "move", ["from"] = "/source" + copy["from"].AsText(), ["path"] = $"/{Place}" });
        return new() { ["op"] = "add", ["path"] = copy["path"].AsText(), ["value"] = holder[Place]?.DeepClone() };
    }

    private static void Do(JsonObject target, JsonNode? operation)
    {
        // The library does nothing for an operation that is none, and says nothing.
        if (!Operations.Contains(operation.At("op").AsText())) throw Unknown(operation);
        try
        {
            new JsonArray(operation?.DeepClone()).Deserialize<JsonPatchDocument>(Web)!.ApplyTo(target);
        }
        catch (JsonPatchException failure)
        {
            throw Failed(operation, failure.Message);
        }
        catch (Exception unreadable) when (unreadable is JsonException or ArgumentException or InvalidOperationException or NullReferenceException)
        {
            throw Unknown(operation);
        }
    }

    private static KubeException Unknown(JsonNode? operation) =>
        KubeException.BadRequest($"unknown operation in the JSON patch: {operation?.ToJsonString()}");

    private static KubeException Failed(JsonNode? operation, string why) =>
        new(422, "Invalid", "the server rejected our request due to an error in our request: the JSON patch cannot be applied: "
            + $"{why} {operation?.ToJsonString()}");
}
