using System.Text.Json.Nodes;
using Json.Schema;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.TestKit;

namespace Orchestrator.Cluster.Tests;

/// <summary>The schemas of Istio's, Sail's and the Gateway API's own definitions, made as strict as <c>fieldValidation=Strict</c> is.</summary>
internal sealed class CustomResourceSchemas
{
    private readonly Dictionary<(string ApiVersion, string Kind), JsonSchema> schemas = [];

    private CustomResourceSchemas(IEnumerable<JsonObject> definitions)
    {
        foreach (var definition in definitions.Where(definition => definition.Kind == "CustomResourceDefinition"))
        {
            foreach (var version in definition.Items("spec", "versions"))
            {
                var schema = version.At("schema", "openAPIV3Schema")!.AsObject();
                Close(schema);
                foreach (var everyObjects in (string[])["apiVersion", "kind", "metadata"])
                {
                    (schema["properties"] as JsonObject)?.TryAdd(everyObjects, new JsonObject());
                }

                schemas.Add(
                    ($"{definition.Text("spec", "group")}/{version.Text("name")}", definition.Text("spec", "names", "kind")!),
                    JsonSchema.FromText(schema.ToJsonString()));
            }
        }
    }

    /// <summary>Reads all definitions of a folder; null where there is none.</summary>
    public static CustomResourceSchemas? Load(string folder) => Directory.Exists(folder)
        ? new(Directory.EnumerateFiles(folder, "*.yaml", SearchOption.AllDirectories).SelectMany(file => Yaml.ReadAll(File.ReadAllText(file))))
        : null;

    /// <summary>Whether these are kinds of a definition.</summary>
    public bool Knows(JsonObject obj) => schemas.ContainsKey((obj.Text("apiVersion")!, obj.Kind));

    /// <summary>What of an object its definition does not allow.</summary>
    public IReadOnlyList<string> Problems(JsonObject obj)
    {
        var results = schemas[(obj.Text("apiVersion")!, obj.Kind)].Evaluate(obj, new() { OutputFormat = OutputFormat.List });
        return results.IsValid
            ? []
            : [.. results.Details.Where(detail => detail.HasErrors).SelectMany(detail => detail.Errors!.Values.Select(error => $"{detail.InstanceLocation}: {error}"))];
    }

    /// <summary>Lets objects have the members alone that they are said to have, as the API server prunes or refuses others.</summary>
    private static void Close(JsonObject schema)
    {
        var isOpen = schema.ContainsKey("additionalProperties") || schema.Flag("x-kubernetes-preserve-unknown-fields") is true;
        if (schema["properties"] is JsonObject properties)
        {
            foreach (var (_, property) in properties)
            {
                Close(property!.AsObject());
            }

            // The API server fills in defaults before it looks for what is required.
            if (schema["required"] is JsonArray required)
            {
                required.RemoveAll(name => properties[name!.GetValue<string>()].At("default") is not null);
            }

            if (!isOpen)
            {
                schema["additionalProperties"] = false;
            }
        }

        foreach (var nested in (JsonNode?[])[schema["items"], schema["additionalProperties"]])
        {
            if (nested is JsonObject inner)
            {
                Close(inner);
            }
        }

        if (schema.Flag("nullable") is true && schema.Text("type") is { } type)
        {
            schema["type"] = new JsonArray(type, "null");
        }

        // CEL rules and int-or-string are OpenAPI's own; what is logical repeats parts of the structure, and closes nothing.
        foreach (var extension in schema.Select(member => member.Key).Where(key => key.StartsWith("x-kubernetes-", StringComparison.Ordinal)).ToList())
        {
            schema.Remove(extension);
        }
    }
}
