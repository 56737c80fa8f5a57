using System.Text.Json.Nodes;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.TestKit;

namespace Orchestrator.Cluster.Tests;

/// <summary>Every custom resource that is written, in all golden cases, against the definitions of those who made them.</summary>
public sealed class CustomResourceSchemaTests
{
    private static readonly string[] Folders =
    [
        "tests/Orchestrator.Cluster.Tests/Tenants/cases", "tests/Orchestrator.Cluster.Tests/Tenants/policies", "tests/Orchestrator.Cluster.Tests/Meshes/cases",
        "tests/Orchestrator.Cluster.Tests/Istio/cases",
    ];

    private static readonly CustomResourceSchemas? Schemas = CustomResourceSchemas.Load(Repository.PathOf("..", "shared", "crds"));

    /// <summary>What others wrote, and is kept, need not be valid by the definitions of today: these cases are about that.</summary>
    private const string Foreign = "foreign-fields";

    public static TheoryData<string> Files =>
    [
        .. Folders
            .SelectMany(folder => Directory.EnumerateFiles(Repository.PathOf(folder), "*expected*.yaml", SearchOption.AllDirectories))
            .Where(file => !file.Contains(Foreign, StringComparison.Ordinal))
            .Select(file => Path.GetRelativePath(Repository.PathOf("tests"), file)),
    ];

    [SkippableTheory]
    [MemberData(nameof(Files))]
    public void Everything_that_is_written_is_valid_by_its_definition(string file)
    {
        Skip.If(Schemas is null, "../shared/crds is not here");
        var written = Yaml.ReadAll(File.ReadAllText(Repository.PathOf("tests", file))).Where(Schemas.Knows).ToList();

        Assert.All(written, obj => Assert.Empty(Schemas.Problems(obj)));
    }

    [SkippableFact]
    public void A_member_that_is_unknown_and_a_value_of_another_type_are_problems()
    {
        Skip.If(Schemas is null, "../shared/crds is not here");
        var gateway = Yaml.Read("""
            apiVersion: networking.istio.io/v1
            kind: Gateway
            metadata: {name: foo}
            spec: {selectors: {a: b}, servers: [{port: {number: http}}]}
            """);

        var problems = string.Join('\n', Schemas.Problems(gateway));

        Assert.Contains("/spec/selectors", problems, StringComparison.Ordinal);
        Assert.Contains("/spec/servers/0/port/number", problems, StringComparison.Ordinal);
    }
}
