using System.Text.Json;
using System.Text.Json.Nodes;

namespace Orchestrator.Cluster.Kubernetes;

/// <summary>What every Kubernetes object has, read from its JSON.</summary>
public static class KubernetesObject
{
    extension(JsonObject obj)
    {
        public string Kind => obj.Text("kind") ?? "";

        public string Name => obj.Text("metadata", "name") ?? "";

        public string? Namespace => obj.Text("metadata", "namespace");

        public string? Uid => obj.Text("metadata", "uid");

        /// <summary>How people name it: <c>Service foo/gw</c>.</summary>
        public string Title => Title(obj.Kind, obj.Namespace, obj.Name);

        /// <summary>Whether somebody asked for its deletion; finalizers may hold it for long.</summary>
        public bool IsTerminating => obj.Text("metadata", "deletionTimestamp") is not null;

        /// <summary>Whether it is a pod that takes requests.</summary>
        public bool IsReadyPod => !obj.IsTerminating && obj.Condition("Ready").Text("status") == "True";

        public string? Label(string key) => obj.Text("metadata", "labels", key);

        public string? Annotation(string key) => obj.Text("metadata", "annotations", key);

        /// <summary>The condition of a type in <c>status.conditions</c>, or null.</summary>
        public JsonObject? Condition(string type) =>
            obj.Items("status", "conditions").OfType<JsonObject>().FirstOrDefault(condition => condition.Text("type") == type);
    }

    extension(JsonNode? node)
    {
        /// <summary>The node at a path of members, or null where the path ends early.</summary>
        public JsonNode? At(params ReadOnlySpan<string> path)
        {
            var at = node;
            foreach (var member in path)
            {
                at = (at as JsonObject)?[member];
            }

            return at;
        }

        /// <summary>The version in which an object stands; empty when there is none.</summary>
        public string ResourceVersion => node.Text("metadata", "resourceVersion") ?? "";

        /// <summary>The text at a path, or null when there is none.</summary>
        public string? Text(params ReadOnlySpan<string> path) =>
            At(node, path) is JsonValue value && value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : null;

        /// <summary>The whole number at a path, or 0 when there is none, as Kubernetes leaves zeros out.</summary>
        public long Number(params ReadOnlySpan<string> path) =>
            At(node, path) is JsonValue value && value.GetValueKind() == JsonValueKind.Number ? value.Deserialize<long>() : 0;

        /// <summary>The truth value at a path, or null when there is none.</summary>
        public bool? Flag(params ReadOnlySpan<string> path) => At(node, path)?.GetValueKind() switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => null,
        };

        /// <summary>The items of the list at a path; none when there is no list.</summary>
        public IEnumerable<JsonNode?> Items(params ReadOnlySpan<string> path) => At(node, path) as JsonArray ?? [];
    }

    /// <summary>How people name an object: <c>Service foo/gw</c>, <c>Namespace foo</c>.</summary>
    public static string Title(string kind, string? ns, string name) => ns is null ? $"{kind} {name}" : $"{kind} {ns}/{name}";
}
