namespace Orchestrator.Architecture.Tests;

/// <summary>Who may see whom: the arrows of docs/architecture.md, over the project files.</summary>
public sealed class ProjectGraphTests
{
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Orchestrator.Domain"] = [],
        ["Orchestrator.Simulator"] = [],
        ["Orchestrator.Durable.Abstractions"] = [],
        ["Orchestrator.Durable.Engine"] = ["Orchestrator.Durable.Abstractions"],
        ["Orchestrator.Durable.Testing"] = ["Orchestrator.Durable.Engine", "Orchestrator.Durable.Abstractions"],
        ["Orchestrator.Cluster"] = ["Orchestrator.Domain"],
        ["Orchestrator.Activities"] = ["Orchestrator.Cluster", "Orchestrator.Domain", "Orchestrator.Durable.Abstractions"],
        ["Orchestrator.Functions"] = ["Orchestrator.Activities", "Orchestrator.Cluster", "Orchestrator.Domain", "Orchestrator.Durable.Abstractions"],
        ["Orchestrator.Host"] =
        [
            "Orchestrator.Functions", "Orchestrator.Activities", "Orchestrator.Cluster", "Orchestrator.Domain",
            "Orchestrator.Durable.Engine", "Orchestrator.Durable.Abstractions", "Orchestrator.Simulator",
        ],
    };

    /// <summary>The only rooms that may know these packages.</summary>
    private static readonly Dictionary<string, string[]> PackageOwners = new()
    {
        ["NodaTime"] = ["Orchestrator.Domain"],
        ["KubernetesClient"] = ["Orchestrator.Cluster"],
        ["Azure.Identity"] = ["Orchestrator.Cluster"],
        ["Microsoft.IdentityModel.JsonWebTokens"] = ["Orchestrator.Functions", "Orchestrator.Simulator"],
        ["Microsoft.IdentityModel.Protocols.OpenIdConnect"] = ["Orchestrator.Functions"],
        ["Microsoft.AspNetCore.JsonPatch.SystemTextJson"] = ["Orchestrator.Simulator"],
        ["Microsoft.Data.Sqlite"] = ["Orchestrator.Durable.Engine", "Orchestrator.Simulator"],
        ["System.CommandLine"] = ["Orchestrator.Host"],
        ["Spectre.Console"] = ["Orchestrator.Host"],
    };

    private static IEnumerable<ProjectFile> Rooms => ProjectFile.All.Where(project => !project.Path.StartsWith("tests/", StringComparison.Ordinal));

    [Fact]
    public void Every_room_is_known_to_the_rules() =>
        Assert.Equal(Allowed.Keys.Order(), Rooms.Where(IsShipped).Select(project => project.Name).Order());

    [Fact]
    public void A_room_sees_only_the_rooms_it_may_see() =>
        Assert.Empty(
            from project in Rooms.Where(IsShipped)
            from reference in project.References
            where !Allowed[project.Name].Contains(reference)
            select $"{project.Name} must not reference {reference}");

    /// <summary>What is measured is started and waited for as what is tested is.</summary>
    [Fact]
    public void No_room_that_is_shipped_sees_a_test_project() =>
        Assert.Empty(
            from project in Rooms.Where(IsShipped)
            from reference in project.References
            where ProjectFile.All.Single(other => other.Name == reference).Path.StartsWith("tests/", StringComparison.Ordinal)
            select $"{project.Name} references the test project {reference}");

    [Fact]
    public void A_package_is_known_only_to_the_room_that_owns_it() =>
        Assert.Empty(
            from project in Rooms.Where(IsShipped)
            from package in project.Packages.Select(package => (string)package.Attribute("Include")!)
            where PackageOwners.TryGetValue(package, out var owners) && !owners.Contains(project.Name)
            select $"{project.Name} must not know {package}");

    [Fact]
    public void Domain_and_Abstractions_need_no_package_but_values_of_time() =>
        Assert.Empty(
            from project in Rooms
            where project.Name is "Orchestrator.Domain" or "Orchestrator.Durable.Abstractions"
            from package in project.Packages
            where (string?)package.Attribute("Include") != "NodaTime"
            select $"{project.Name} references {package.Attribute("Include")!.Value}");

    [Fact]
    public void Every_shipped_room_has_tests()
    {
        string[] testedByItsUsers = ["Orchestrator.Durable.Testing"];
        var tested = ProjectFile.All.Select(project => project.Name).ToHashSet();
        Assert.Subset(tested, Allowed.Keys.Except(testedByItsUsers).Select(name => $"{name}.Tests").ToHashSet());
    }

    // bench/ measures and is shipped to nobody.
    private static bool IsShipped(ProjectFile project) => !project.Path.StartsWith("bench/", StringComparison.Ordinal);
}
