using System.Text.Json;
using System.Text.Json.Nodes;

namespace Orchestrator.Host.Api;

/// <summary>Reads the API's views from its JSON.</summary>
internal static class Views
{
    /// <summary>Reads one view without its <c>spec</c>: the CLI shows how things stand, and must not fail on a spec that is newer than itself.</summary>
    public static T Read<T>(JsonNode node)
    {
        var view = node.DeepClone().AsObject();
        view.Remove("spec");
        return view.Deserialize<T>(JsonSerializerOptions.Web) ?? throw new JsonException($"The server's answer is no {typeof(T).Name}.");
    }

    /// <summary>Reads a list of views.</summary>
    public static IReadOnlyList<T> ReadAll<T>(JsonNode? nodes) => [.. (nodes?.AsArray() ?? []).Select(node => Read<T>(node!))];
}
