using System.Text.Json.Nodes;

namespace Orchestrator.Simulator.Controllers;

/// <summary>The CustomResourceDefinitions of the kinds that the cluster serves: who asks for one finds it established.</summary>
internal static class CustomResourceDefinitions
{
    /// <summary>Makes those that are missing. The cluster comes with the resources of Istio, and of its operator where it has one.</summary>
    public static void Ensure(ClusterStore store, SimulatorOptions options)
    {
        foreach (var type in ResourceTypes.All.Where(type => type.Custom && (options.IstioOperator || type != ResourceTypes.IstioOperator)))
        {
            if (store.Find(ResourceTypes.CustomResourceDefinition, null, type.QualifiedName) is not null) continue;
            store.Create(ResourceTypes.CustomResourceDefinition, Definition(type));
            var status = new JsonObject { ["acceptedNames"] = Names(type), ["storedVersions"] = new JsonArray(type.Version) };
            foreach (var (condition, reason) in new[] { ("NamesAccepted", "NoConflicts"), ("Established", "InitialNamesAccepted") })
                Conditions.Set(status, condition, true, options.Time.GetUtcNow(), reason, "");
            store.UpdateStatus(ResourceTypes.CustomResourceDefinition, null, type.QualifiedName, status);
        }
    }

    private static JsonObject Definition(ResourceType type) => new()
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
                    // What is checked stands in Kinds/Schemas; a definition must say something.
                    ["openAPIV3Schema"] = new JsonObject { ["type"] = "object", ["x-kubernetes-preserve-unknown-fields"] = true },
                },
                ["subresources"] = new JsonObject { ["status"] = new JsonObject() },
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
        ["categories"] = new JsonArray([.. type.Categories.Select(name => JsonValue.Create(name))]),
    };
}
