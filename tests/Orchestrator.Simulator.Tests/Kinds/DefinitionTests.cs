using Orchestrator.Simulator.Kinds;
using YamlDotNet.RepresentationModel;

namespace Orchestrator.Simulator.Tests.Kinds;

/// <summary>Holds the compact schemas to the CustomResourceDefinitions of Istio, of the Gateway API and of Sail, where these are at hand.</summary>
public sealed class DefinitionTests
{
    private const string Definitions = "/work/shared/crds";

    private static readonly Dictionary<string, string> Files = new()
    {
        [ResourceTypes.GatewayApi] = "gateway-api/gateway.networking.k8s.io_{0}.yaml",
        [ResourceTypes.Sail] = "sailoperator-{0}.yaml",
    };

    // The definitions of the other two are not at hand.
    public static TheoryData<string> Kinds => [.. ResourceTypes.All
        .Where(type => type.Custom && type != ResourceTypes.IstioOperator && type != ResourceTypes.SailIstioRevision).Select(type => type.QualifiedName)];

    [SkippableTheory]
    [MemberData(nameof(Kinds))]
    public void Every_field_of_the_definition_is_known_with_its_type_and_no_other(string name)
    {
        Skip.IfNot(Directory.Exists(Definitions), $"The CustomResourceDefinitions are not at {Definitions}.");
        var type = ResourceTypes.FindQualified(name)!;
        var differences = new List<string>();
        Compare("spec", SpecOf(type), Schemas.Of(type).Members["spec"].Schema, differences);
        Assert.Empty(differences);
    }

    private static void Compare(string path, YamlMappingNode definition, Schema schema, List<string> differences)
    {
        switch (schema)
        {
            // What the charts hand on to Kubernetes as it is.
            case Schema.Any:
            case Schema.Scalar { Name: "integer-or-string" } when definition.Children.ContainsKey("x-kubernetes-int-or-string"):
                break;
            case Schema.Struct type when Child(definition, "properties") is { } properties:
                var required = definition.Children.TryGetValue("required", out var names)
                    ? ((YamlSequenceNode)names).Select(name => name.ToString()).ToHashSet() : [];
                foreach (var (name, member) in type.Members)
                    if (!properties.Children.TryGetValue(name, out var below)) differences.Add($"{path}.{name} is not in the definition");
                    else
                    {
                        var hasDefault = ((YamlMappingNode)below).Children.ContainsKey("default");
                        if (hasDefault != member.Default is not null) differences.Add($"{path}.{name} default: {hasDefault}");
                        if (member.Required != (required.Contains(name) && !hasDefault)) differences.Add($"{path}.{name} required: {required.Contains(name)}");
                        Compare($"{path}.{name}", (YamlMappingNode)below, member.Schema, differences);
                    }
                differences.AddRange(properties.Children.Keys.Select(key => key.ToString())
                    .Where(name => !type.Members.ContainsKey(name)).Select(name => $"{path}.{name} is missing"));
                break;
            case Schema.ListOf list when Child(definition, "items") is { } items:
                var keys = definition.Children.TryGetValue("x-kubernetes-list-map-keys", out var mapKeys)
                    ? ((YamlSequenceNode)mapKeys).Select(key => key.ToString()) : [];
                if (!keys.SequenceEqual(list.Keys)) differences.Add($"{path} has other keys");
                Compare($"{path}[]", items, list.Item, differences);
                break;
            case Schema.MapOf map when Child(definition, "additionalProperties") is { } values:
                Compare($"{path}{{}}", values, map.Value, differences);
                break;
            case Schema.Choice choice when definition.Children.TryGetValue("enum", out var words):
                if (!((YamlSequenceNode)words).Select(word => word.ToString()).Where(word => word.Length > 0).SequenceEqual(choice.Words))
                    differences.Add($"{path} has other words");
                break;
            case Schema.Scalar scalar when (scalar.Name == "duration" ? "string" : scalar.Name) == definition["type"].ToString():
                break;
            default:
                differences.Add($"{path} is {definition["type"]} in the definition and {schema} here");
                break;
        }
    }

    private static YamlMappingNode SpecOf(ResourceType type)
    {
        using var reader = File.OpenText(Path.Combine(Definitions, Files.TryGetValue(type.Group, out var file) ? string.Format(null, file, type.Plural) : "istio-crds.yaml"));
        var stream = new YamlStream();
        stream.Load(reader);
        var definition = stream.Documents.Select(document => document.RootNode).OfType<YamlMappingNode>()
            .Single(root => root["metadata"]["name"].ToString() == type.QualifiedName);
        var version = ((YamlSequenceNode)definition["spec"]["versions"]).Single(version => version["name"].ToString() == type.Version);
        return (YamlMappingNode)version["schema"]["openAPIV3Schema"]["properties"]["spec"];
    }

    private static YamlMappingNode? Child(YamlMappingNode node, string name) =>
        node.Children.TryGetValue(name, out var child) ? child as YamlMappingNode : null;
}
