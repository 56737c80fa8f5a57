using System.Text.RegularExpressions;
using Orchestrator.TestKit;

namespace Orchestrator.Architecture.Tests;

/// <summary>What makes an orchestrator or an activity recognisable, and what is forbidden in it.</summary>
public sealed partial class ConventionTests
{
    private const int LongestOrchestrator = 120;

    private static IReadOnlyList<string> Orchestrators => Repository.Files("functions", "*Orchestrator.cs");

    [Fact]
    public void An_orchestrator_is_a_static_class_named_like_its_file() =>
        Assert.Empty(
            from file in Orchestrators
            where !File.ReadAllText(file).Contains($"static class {NameOf(file)}", StringComparison.Ordinal)
            select $"{file} has no static class {NameOf(file)}");

    [Fact]
    public void An_orchestrator_holds_one_function_named_after_its_class() =>
        Assert.Empty(
            from file in Orchestrators
            let names = FunctionNames(file)
            where names is not [var name] || name != NameOf(file)
            select $"{file} declares {string.Join(", ", names)}");

    [Fact]
    public void An_orchestrator_is_short_enough_to_read() =>
        Assert.Empty(
            from file in Orchestrators
            let lines = File.ReadLines(file).Count()
            where lines > LongestOrchestrator
            select $"{file} has {lines} lines; what makes it long is a plan that belongs in domain/");

    [Fact]
    public void Only_files_named_Orchestrator_hold_an_orchestration() =>
        Assert.Empty(
            from folder in (string[])["functions", "activities"]
            from file in Repository.Files(folder, "*.cs")
            where File.ReadAllText(file).Contains("[OrchestrationTrigger]", StringComparison.Ordinal) && !file.EndsWith("Orchestrator.cs", StringComparison.Ordinal)
            select $"{file} escapes the rules for *Orchestrator.cs");

    [Fact]
    public void An_activity_stands_alone_in_a_file_of_its_name() =>
        Assert.Empty(
            from file in Repository.Files("activities", "*.cs")
            let names = FunctionNames(file)
            where names.Count > 0 && (names is not [var name] || name != NameOf(file))
            select $"{file} declares {string.Join(", ", names)}");

    [Fact]
    public void An_activity_is_triggered_by_an_orchestration_alone() =>
        Assert.Empty(
            from file in Repository.Files("activities", "*.cs")
            let text = File.ReadAllText(file)
            where text.Contains("[Function(", StringComparison.Ordinal) && !text.Contains("[ActivityTrigger]", StringComparison.Ordinal)
            select $"{file} holds a function that is no activity");

    [Fact]
    public void Banned_symbols_are_errors_in_orchestrators_and_nowhere_else()
    {
        var severities = new Dictionary<string, string>();
        var section = "";
        foreach (var line in File.ReadLines(Repository.PathOf(".editorconfig")).Select(line => line.Trim()))
        {
            section = line.StartsWith('[') ? line : section;
            if (line.StartsWith("dotnet_diagnostic.RS0030.severity", StringComparison.Ordinal))
            {
                severities[section] = line.Split('=')[1].Trim();
            }
        }

        Assert.Equal(new Dictionary<string, string> { ["[*.cs]"] = "none", ["[{*Orchestrator.cs,CanaryRun.cs,CanaryGates.cs,CanaryCalendar.cs,Saga.cs}]"] = "error" }, severities);
    }

    [Theory]
    [InlineData("P:System.DateTime.UtcNow")]
    [InlineData("P:System.DateTime.Now")]
    [InlineData("M:System.Guid.NewGuid")]
    [InlineData("T:System.Random")]
    [InlineData("T:System.Environment")]
    [InlineData("T:System.Net.Http.HttpClient")]
    [InlineData("M:System.Threading.Tasks.Task.Delay(System.TimeSpan)")]
    [InlineData("M:System.Threading.Tasks.Task.Run(System.Action)")]
    [InlineData("M:System.Threading.Tasks.Task`1.ConfigureAwait(System.Boolean)")]
    public void What_breaks_replay_is_banned(string symbol) =>
        Assert.Contains(File.ReadLines(Repository.PathOf("BannedSymbols.txt")), line => line.StartsWith($"{symbol};", StringComparison.Ordinal));

    private static string NameOf(string file) => Path.GetFileNameWithoutExtension(file);

    private static List<string> FunctionNames(string file) => [.. Function().Matches(File.ReadAllText(file)).Select(match => match.Groups["name"].Value)];

    [GeneratedRegex(@"\[Function\((?:nameof\()?""?(?<name>\w+)")]
    private static partial Regex Function();
}
