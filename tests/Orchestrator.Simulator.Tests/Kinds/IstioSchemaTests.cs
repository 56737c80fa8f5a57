using Orchestrator.Simulator.Kinds;
using YamlDotNet.RepresentationModel;

namespace Orchestrator.Simulator.Tests.Kinds;

/// <summary>Holds the compact schemas to the CustomResourceDefinitions of Istio, where these are at hand.</summary>
public sealed class IstioSchemaTests
{
    private const string Definitions = "/work/shared/crds/istio-crds.yaml";

    public static TheoryData<string> Kinds => [.. ResourceTypes.All
        .Where(type => type.Custom && type != ResourceTypes.IstioOperator).Select(type => type.Kind)];

    [SkippableTheory]
    [MemberData(nameof(Kinds))]
    public void Every_field_of_the_definition_is_known_with_its_type_and_no_other(string kind)
    {
        Skip.IfNot(File.Exists(Definitions), $"Istio's CustomResourceDefinitions are not at {Definitions}.");
        var differences = new List<string>();
        Compare("spec", SpecOf(kind), new SchemaFile("istio.yaml").Find(kind)!, differences);
        Assert.Empty(differences);
    }

    private static void Compare(string path, YamlMappingNode definition, Schema schema, List<string> differences)
    {
        switch (schema)
        {
            case Schema.Struct type when Child(definition, "properties") is { } properties:
                var required = definition.Children.TryGetValue("required", out var names)
                    ? ((YamlSequenceNode)names).Select(name => name.ToString()).ToHashSet() : [];
                foreach (var (name, member) in type.Members)
                    if (!properties.Children.TryGetValue(name, out var below)) differences.Add($"{path}.{name} is not in the definition");
                    else
                    {
                        if (member.Required != required.Contains(name)) differences.Add($"{path}.{name} required: {required.Contains(name)}");
                        Compare($"{path}.{name}", (YamlMappingNode)below, member.Schema, differences);
                    }
                differences.AddRange(properties.Children.Keys.Select(key => key.ToString())
                    .Where(name => !type.Members.ContainsKey(name)).Select(name => $"{path}.{name} is missing"));
                break;
            case Schema.ListOf list when Child(definition, "items") is { } items:
                Compare($"{path}[]", items, list.Item, differences);
                break;
            case Schema.MapOf map when Child(definition, "additionalProperties") is { } values:
                Compare($"{path}{{}}", values, map.Value, differences);
                break;
            case Schema.Choice choice when definition.Children.TryGetValue("enum", out var words):
                if (!((YamlSequenceNode)words).Select(word => word.ToString()).SequenceEqual(choice.Words))
                    differences.Add($"{path} has other words");
                break;
            case Schema.Scalar scalar when (scalar.Name == "duration" ? "string" : scalar.Name) == definition["type"].ToString():
                break;
            default:
                differences.Add($"{path} is {definition["type"]} in the definition and {schema} here");
                break;
        }
    }

    private static YamlMappingNode SpecOf(string kind)
    {
        using var reader = File.OpenText(Definitions);
        var stream = new YamlStream();
        stream.Load(reader);
        var definition = stream.Documents.Select(document => document.RootNode).OfType<YamlMappingNode>()
            .Single(root => root["spec"]["names"]["kind"].ToString() == kind
                && root["spec"]["group"].ToString() is "networking.istio.io" or "security.istio.io");
        var version = ((YamlSequenceNode)definition["spec"]["versions"]).Single(version => version["name"].ToString() == "v1");
        return (YamlMappingNode)version["schema"]["openAPIV3Schema"]["properties"]["spec"];
    }

    private static YamlMappingNode? Child(YamlMappingNode node, string name) =>
        node.Children.TryGetValue(name, out var child) ? child as YamlMappingNode : null;
}
