using System.Text.Json.Nodes;
using Orchestrator.Simulator.Store;

namespace Orchestrator.Simulator.Controllers;

/// <summary>Owner references.</summary>
internal static class Ownership
{
    extension(JsonObject obj)
    {
        /// <summary>Identity of the object among those of its type.</summary>
        public ObjectKey Key => new(obj.Namespace ?? "", obj.Name);

        /// <summary><c>metadata.ownerReferences</c>.</summary>
        public IEnumerable<JsonObject> Owners => (obj.At("metadata", "ownerReferences") as JsonArray ?? []).OfType<JsonObject>();

        /// <summary>The owner reference marked as controller, or null.</summary>
        public JsonObject? Controller => obj.Owners.FirstOrDefault(owner => owner["controller"] is JsonValue flag && flag.TryGetValue<bool>(out var is1) && is1);

        /// <summary>Whether the other object controls this one.</summary>
        public bool IsControlledBy(JsonObject owner) => obj.Controller?["uid"].AsText() == owner.Uid;

        /// <summary>The reference by which something names this object as its controller.</summary>
        public JsonArray AsController() =>
        [
            new JsonObject
            {
                ["apiVersion"] = obj["apiVersion"].AsText(), ["kind"] = obj["kind"].AsText(), ["name"] = obj.Name, ["uid"] = obj.Uid,
                ["controller"] = true, ["blockOwnerDeletion"] = true,
            },
        ];
    }
}
