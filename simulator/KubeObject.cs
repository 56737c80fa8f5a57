using System.Globalization;
using System.Text.Json.Nodes;

namespace Orchestrator.Simulator;

/// <summary>Reads what every Kubernetes object has in common off its JSON.</summary>
public static class KubeObject
{
    extension(JsonObject obj)
    {
        /// <summary><c>metadata</c>, created when it is missing.</summary>
        public JsonObject Metadata
        {
            get
            {
                if (obj["metadata"] is JsonObject metadata) return metadata;
                obj["metadata"] = metadata = [];
                return metadata;
            }
        }

        /// <summary><c>metadata.name</c>, or the empty string.</summary>
        public string Name => obj.At("metadata", "name").AsText() ?? "";

        /// <summary><c>metadata.namespace</c>, or null.</summary>
        public string? Namespace => obj.At("metadata", "namespace").AsText();

        /// <summary><c>metadata.uid</c>, or the empty string.</summary>
        public string Uid => obj.At("metadata", "uid").AsText() ?? "";

        /// <summary><c>metadata.resourceVersion</c> as a number; 0 when it is missing.</summary>
        public long ResourceVersion =>
            long.TryParse(obj.At("metadata", "resourceVersion").AsText(), NumberStyles.None, CultureInfo.InvariantCulture, out var version)
                ? version
                : 0;

        /// <summary><c>metadata.generation</c>; 0 when it is missing.</summary>
        public long Generation => obj.At("metadata", "generation").AsNumber() ?? 0;

        /// <summary><c>metadata.labels</c>, or null.</summary>
        public JsonObject? Labels => obj.At("metadata", "labels") as JsonObject;

        /// <summary>Whether the object waits for its finalizers, or its namespace's content, before it goes.</summary>
        public bool IsTerminating => obj.At("metadata", "deletionTimestamp") is not null;

        /// <summary>Whether <c>metadata.finalizers</c> holds at least one.</summary>
        public bool HasFinalizers => obj.At("metadata", "finalizers") is JsonArray { Count: > 0 };

        /// <summary>An independent copy.</summary>
        public JsonObject Copy() => (JsonObject)obj.DeepClone();
    }

    extension(JsonNode? node)
    {
        /// <summary>The node behind a path of member names, or null as soon as one is missing.</summary>
        public JsonNode? At(params ReadOnlySpan<string> path)
        {
            var found = node;
            foreach (var member in path) found = (found as JsonObject)?[member];
            return found;
        }

        /// <summary>The text, or null when the node is no string.</summary>
        public string? AsText() => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

        /// <summary>The whole number, or null when the node is none.</summary>
        public long? AsNumber() => node is JsonValue value
            ? value.TryGetValue<long>(out var number) ? number : value.TryGetValue<int>(out var small) ? small : null
            : null;
    }

    extension(DateTimeOffset time)
    {
        /// <summary>RFC 3339 with whole seconds, as Kubernetes writes times.</summary>
        public string ToKubeTime() => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
    }
}
