using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Orchestrator.Simulator.Kinds;

namespace Orchestrator.Simulator.Api;

/// <summary>What happens to members a kind does not know and to members that stand there twice.</summary>
internal static class FieldValidation
{
    /// <summary>Refuses them (Strict), warns of them (Warn) or says nothing (Ignore); unknown ones are dropped, as the real server does.</summary>
    /// <exception cref="KubeException">400 naming every such member.</exception>
    public static void Check(HttpResponse response, ResourceType type, JsonObject obj, IReadOnlyList<string> duplicates, string mode)
    {
        string[] problems =
        [
            .. Schemas.PruneUnknown(type, obj).Select(path => $"unknown field \"{path}\""),
            .. duplicates.Select(path => $"duplicate field \"{path}\""),
        ];
        if (problems.Length == 0 || mode == "Ignore") return;
        if (mode == "Strict") throw KubeException.BadRequest($"{type.Kind} in version \"{obj["apiVersion"]}\" cannot be handled as a {type.Kind}: "
            + $"strict decoding error: {string.Join(", ", problems)}");
        foreach (var problem in problems) response.Headers.Append("Warning", $"299 - \"{problem.Replace("\"", "\\\"")}\"");
    }
}
