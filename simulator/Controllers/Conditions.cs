using System.Text.Json.Nodes;

namespace Orchestrator.Simulator.Controllers;

/// <summary>Reads and writes <c>status.conditions</c>.</summary>
internal static class Conditions
{
    /// <summary>The condition of a type, or null.</summary>
    public static JsonObject? Find(JsonNode? status, string type) =>
        (status?["conditions"] as JsonArray)?.OfType<JsonObject>().FirstOrDefault(condition => condition["type"].AsText() == type);

    /// <summary>Whether the condition of a type is <c>True</c>.</summary>
    public static bool IsTrue(JsonNode? status, string type) => Find(status, type)?["status"].AsText() == "True";

    /// <summary>Sets a condition; <c>lastTransitionTime</c> moves only when its status does.</summary>
    /// <returns>The condition.</returns>
    public static JsonObject Set(JsonObject status, string type, bool holds, DateTimeOffset now, string? reason = null, string? message = null)
    {
        if (status["conditions"] is not JsonArray conditions) status["conditions"] = conditions = [];
        if (Find(status, type) is not { } condition) conditions.Add(condition = new() { ["type"] = type });
        var value = holds ? "True" : "False";
        if (condition["status"].AsText() != value)
        {
            condition["status"] = value;
            condition["lastTransitionTime"] = now.ToKubeTime();
        }

        Replace(condition, "reason", reason);
        Replace(condition, "message", message);
        return condition;
    }

    /// <summary>Takes a condition away.</summary>
    public static void Remove(JsonObject status, string type)
    {
        if (Find(status, type) is { } condition) ((JsonArray)status["conditions"]!).Remove(condition);
    }

    private static void Replace(JsonObject condition, string member, string? value)
    {
        if (value is null) condition.Remove(member);
        else condition[member] = value;
    }
}
