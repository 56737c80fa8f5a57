using System.Text.RegularExpressions;
using System.Xml.Linq;
using Orchestrator.TestKit;

namespace Orchestrator.Architecture.Tests;

/// <summary>The solution's own files: complete, pinned, and fit for both builds.</summary>
public sealed partial class SolutionTests
{
    [Fact]
    public void The_solution_is_in_the_classic_format() =>
        Assert.Contains("Microsoft Visual Studio Solution File, Format Version 12.00", File.ReadAllText(Repository.PathOf("Orchestrator.sln")));

    [Fact]
    public void The_solution_contains_every_project_and_no_other()
    {
        var listed = ListedProject().Matches(File.ReadAllText(Repository.PathOf("Orchestrator.sln")))
            .Select(match => match.Groups["path"].Value.Replace('\\', '/'));
        Assert.Equal(ProjectFile.All.Select(project => project.Path).Order(StringComparer.Ordinal), listed.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Package_versions_stand_in_the_central_file_alone() =>
        Assert.Empty(
            from project in ProjectFile.All
            from package in project.Packages
            where package.Attribute("Version") is not null || package.Attribute("VersionOverride") is not null || package.Element("Version") is not null
            select $"{project.Path}: {package.Attribute("Include")?.Value} carries a version of its own");

    [Fact]
    public void Every_project_has_a_lock_file() =>
        Assert.Empty(
            from project in ProjectFile.All
            where !File.Exists(Repository.PathOf(Path.GetDirectoryName(project.Path)!, "packages.lock.json"))
            select $"{project.Path} has no packages.lock.json: build it once and commit the file");

    [Theory]
    [InlineData("FunctionsWorkerVersion", "Microsoft.Azure.Functions.Worker")]
    [InlineData("FunctionsWorkerSdkVersion", "Microsoft.Azure.Functions.Worker.Sdk")]
    [InlineData("HttpAspNetCoreExtensionVersion", "Microsoft.Azure.Functions.Worker.Extensions.Http.AspNetCore")]
    [InlineData("StorageQueuesExtensionVersion", "Microsoft.Azure.Functions.Worker.Extensions.Storage.Queues")]
    [InlineData("TimerExtensionVersion", "Microsoft.Azure.Functions.Worker.Extensions.Timer")]
    [InlineData("DurableTaskExtensionVersion", "Microsoft.Azure.Functions.Worker.Extensions.DurableTask")]
    public void A_genuine_package_has_a_version_that_the_command_line_can_override(string property, string package)
    {
        var packages = XDocument.Load(Repository.PathOf("Directory.Packages.props"));

        var definition = Assert.Single(packages.Descendants(property));
        Assert.Equal($"'$({property})' == ''", (string?)definition.Attribute("Condition"));

        var version = Assert.Single(packages.Descendants("PackageVersion"), element => (string?)element.Attribute("Include") == package);
        Assert.Equal($"$({property})", (string?)version.Attribute("Version"));
        Assert.Equal("'$(DurableHost)' == 'Azure'", (string?)version.Parent!.Attribute("Condition"));
    }

    [Theory]
    [InlineData("functions/Orchestrator.Functions.csproj")]
    [InlineData("activities/Orchestrator.Activities.csproj")]
    public void The_Azure_build_drops_the_stand_in_and_the_default_build_asks_for_no_genuine_package(string project)
    {
        var references = XDocument.Load(Repository.PathOf(project)).Descendants()
            .Where(element => element.Name.LocalName is "ProjectReference" or "PackageReference")
            .ToLookup(element => (string?)element.Attribute("Condition") ?? (string?)element.Parent!.Attribute("Condition") ?? "",
                element => (string)element.Attribute("Include")!);

        Assert.Contains(references["'$(DurableHost)' == 'Embedded'"], include => include.EndsWith("Orchestrator.Durable.Abstractions.csproj", StringComparison.Ordinal));
        Assert.Contains("Microsoft.Azure.Functions.Worker.Extensions.DurableTask", references["'$(DurableHost)' == 'Azure'"]);
        Assert.DoesNotContain(references[""], include => include.Contains("Durable", StringComparison.Ordinal));
        Assert.DoesNotContain(references[""], include => include.StartsWith("Microsoft.Azure.Functions", StringComparison.Ordinal));
    }

    [Fact]
    public void The_documents_that_the_readme_links_to_exist() =>
        Assert.Empty(
            from document in (string[])["README.md", "CONTRIBUTING.md"]
            where File.Exists(Repository.PathOf(document))
            from Match link in LocalLink().Matches(File.ReadAllText(Repository.PathOf(document)))
            let target = link.Groups["target"].Value
            where !Path.Exists(Repository.PathOf(target))
            select $"{document} links to {target}");

    [GeneratedRegex("""= "[^"]+", "(?<path>[^"]+\.csproj)",""")]
    private static partial Regex ListedProject();

    /// <summary>The target of a Markdown link that is neither a URL nor an anchor of the same page.</summary>
    [GeneratedRegex(@"\]\((?!\w+:|#)(?<target>[^)#\s]+)")]
    private static partial Regex LocalLink();
}
