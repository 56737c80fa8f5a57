using System.Text.RegularExpressions;
using Orchestrator.TestKit;

namespace Orchestrator.Architecture.Tests;

/// <summary>What the page of features names as proof is there.</summary>
public sealed partial class FeaturePageTests
{
    [Fact]
    public void Every_test_that_is_named_as_proof_is_there()
    {
        var sources = Directory.EnumerateFiles(Repository.PathOf("tests"), "*Tests.cs", SearchOption.AllDirectories)
            .ToLookup(file => Path.GetFileNameWithoutExtension(file), File.ReadAllText);
        var named = Named().Matches(File.ReadAllText(Repository.PathOf("docs", "canary-features.md")));

        Assert.NotEmpty(named);
        Assert.Empty(
            from test in named
            where !sources[test.Groups["type"].Value].Any(source => source.Contains($" {test.Groups["method"].Value}(", StringComparison.Ordinal))
            select test.Value);
    }

    [GeneratedRegex(@"`(?<type>\w+Tests)\.(?<method>\w+)`")]
    private static partial Regex Named();
}
