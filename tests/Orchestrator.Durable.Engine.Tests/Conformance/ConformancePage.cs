using System.Globalization;
using System.Text;

namespace Orchestrator.Durable.Engine.Tests;

/// <summary>Writes <c>docs/durable-conformance.md</c>: the suite's rules and scenarios, each with its tests and their results in a run.</summary>
internal static class ConformancePage
{
    /// <param name="path">The page.</param>
    /// <param name="results">The trx file of a run of this assembly's tests.</param>
    public static int Write(string path, string results)
    {
        File.WriteAllText(path, Text(TestRun.Read(results)));
        return 0;
    }

    /// <summary>What a row says of a rule before its results.</summary>
    public static string RowOf(SuiteTest rule) => $"| {rule.Text} | {rule.Link} |";

    /// <summary>What a row says of a scenario before its results.</summary>
    public static string RowOf(int scenario)
    {
        IEnumerable<string> tests = Suite.Of(scenario).Select(test => $"{test.Text} ({test.Link})");
        if (Scenarios.Missing.TryGetValue(scenario, out var missing))
            tests = tests.Append($"*{missing}*");
        return $"| {scenario} | {Scenarios.All[scenario - 1]} | {string.Join("<br>", tests)} |";
    }

    private static string Text(TestRun run)
    {
        var page = new StringBuilder();
        var when = run.Finished.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
        page.AppendLine(
            CultureInfo.InvariantCulture,
            $"""
            # Durable engine: conformance

            Written by `.ci/conformance` from the results of the run that ended {when} UTC; `.ci/conformance --soak` runs the tests
            of many minutes too. Do not edit: a rule is the name of a test below `tests/Orchestrator.Durable.Engine.Tests/Engine`, and each runs on a
            SQLite file and on a database in memory.

            {Suite.Rules.Count} rules: {Passed(run, StoreKind.File)} pass on the file, {Passed(run, StoreKind.Memory)} in memory.
            The scenarios of reliability stand at the end.
            """);
        foreach (var section in Suite.Sections)
            AppendSection(page, run, section);
        AppendScenarios(page, run);
        return page.ToString();
    }

    private static int Passed(TestRun run, StoreKind store) => Suite.Rules.Count(rule => TestRun.Sum(run.Of(rule, store)) == "passed");

    private static void AppendSection(StringBuilder page, TestRun run, string section)
    {
        page.AppendLine().AppendLine("## " + section).AppendLine();
        page.AppendLine("| Rule | Test | File | Memory |").AppendLine("|---|---|---|---|");
        foreach (var rule in Suite.Rules.Where(rule => rule.Section == section))
            page.AppendLine($"{RowOf(rule)} {TestRun.Sum(run.Of(rule, StoreKind.File))} | {TestRun.Sum(run.Of(rule, StoreKind.Memory))} |");
    }

    private static void AppendScenarios(StringBuilder page, TestRun run)
    {
        page.AppendLine().AppendLine("## Scenarios of reliability").AppendLine();
        page.AppendLine("| No. | Scenario | Tests | Result |").AppendLine("|---|---|---|---|");
        for (var number = 1; number <= Scenarios.All.Count; number++)
            page.AppendLine($"{RowOf(number)} {string.Join("<br>", Suite.Of(number).Select(test => TestRun.Sum(run.Of(test))))} |");
        page.AppendLine().AppendLine("## What they printed").AppendLine();
        var tests = Enumerable.Range(1, Scenarios.All.Count).SelectMany(Suite.Of).DistinctBy(test => test.Key);
        foreach (var line in tests.SelectMany(run.Of).SelectMany(Lines))
            page.AppendLine("- " + line);
    }

    private static IEnumerable<string> Lines(TestOutcome outcome) =>
        outcome.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
