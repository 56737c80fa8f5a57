using Orchestrator.TestKit;

namespace Orchestrator.Durable.Engine.Tests.Conformance;

public sealed class ConformancePageTests
{
    private static readonly string[] Page = File.ReadAllLines(Repository.PathOf("docs", "durable-conformance.md"));

    [Fact]
    public void The_page_lists_the_rules_of_the_suite_and_no_others() =>
        Assert.Equal(Suite.Rules.Select(ConformancePage.RowOf), Rows(line => !IsScenario(line), cells: 2));

    [Fact]
    public void The_page_lists_the_scenarios_with_their_tests() =>
        Assert.Equal(Enumerable.Range(1, Scenarios.All.Count).Select(ConformancePage.RowOf), Rows(IsScenario, cells: 3));

    [Fact]
    public void Every_section_has_rules_and_every_scenario_a_test_or_a_reason_for_having_none()
    {
        Assert.Equal(Suite.Sections.Order(), Suite.Rules.Select(rule => rule.Section).Distinct().Order());
        Assert.All(
            Enumerable.Range(1, Scenarios.All.Count), number => Assert.True(Suite.Of(number).Count > 0 || Scenarios.Missing.ContainsKey(number)));
    }

    /// <summary>The rows of the tables, cut before the results. A difference says: run <c>.ci/conformance</c> and commit the page.</summary>
    private static IEnumerable<string> Rows(Func<string, bool> wanted, int cells) => Page
        .Where(line => line.StartsWith("| ", StringComparison.Ordinal) && !line.StartsWith("| Rule ", StringComparison.Ordinal))
        .Where(line => !line.StartsWith("| No. ", StringComparison.Ordinal) && wanted(line))
        .Select(line => string.Join(" | ", line.Split(" | ")[..cells]) + " |");

    private static bool IsScenario(string line) => char.IsDigit(line[2]);
}
