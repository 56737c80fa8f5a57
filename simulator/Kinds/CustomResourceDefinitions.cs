using System.Text.Json.Nodes;
using Orchestrator.Simulator.Controllers;

namespace Orchestrator.Simulator.Kinds;

/// <summary>The definitions of the custom kinds this cluster serves, as whoever installed Istio and its operator has left them.</summary>
internal static class CustomResourceDefinitions
{
    /// <summary>Writes the definitions that are missing.</summary>
    public static void Ensure(ClusterStore store, TimeProvider time)
    {
        foreach (var type in ResourceTypes.All.Where(type => type.Custom))
        {
            if (store.Find(ResourceTypes.CustomResourceDefinition, null, type.QualifiedName) is not null) continue;
            store.Create(ResourceTypes.CustomResourceDefinition, Of(type));
            var status = new JsonObject { ["acceptedNames"] = Names(type), ["storedVersions"] = new JsonArray(type.Version) };
            Conditions.Set(status, "NamesAccepted", true, time.GetUtcNow(), "NoConflicts", "no conflicts found");
            Conditions.Set(status, "Established", true, time.GetUtcNow(), "InitialNamesAccepted", "the initial names have been accepted");
            store.UpdateStatus(ResourceTypes.CustomResourceDefinition, null, type.QualifiedName, status);
        }
    }

    private static JsonObject Of(ResourceType type) => new()
    {
        ["metadata"] = new JsonObject { ["name"] = type.QualifiedName },
        ["spec"] = new JsonObject
        {
            ["group"] = type.Group,
            ["scope"] = type.Namespaced ? "Namespaced" : "Cluster",
            ["names"] = Names(type),
            ["versions"] = new JsonArray([.. type.AlsoServed.Prepend(type.Version).Select(version => new JsonObject
            {
                ["name"] = version,
                ["served"] = true,
                ["storage"] = version == type.Version,
                ["schema"] = new JsonObject
                {
                    ["openAPIV3Schema"] = new JsonObject { ["type"] = "object", ["x-kubernetes-preserve-unknown-fields"] = true },
                },
            })]),
        },
    };

    private static JsonObject Names(ResourceType type) => new()
    {
        ["kind"] = type.Kind,
        ["listKind"] = $"{type.Kind}List",
        ["plural"] = type.Plural,
        ["singular"] = type.Singular,
        ["shortNames"] = new JsonArray([.. type.ShortNames.Select(name => JsonValue.Create(name))]),
    };
}
