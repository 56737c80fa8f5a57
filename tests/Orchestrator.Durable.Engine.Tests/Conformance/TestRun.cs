using System.Globalization;
using System.Xml.Linq;

namespace Orchestrator.Durable.Engine.Tests;

/// <summary>The outcome of one case of a test.</summary>
internal sealed record TestOutcome(string Key, string Case, string Outcome, string Output);

/// <summary>The results of a run, as <c>dotnet test --logger trx</c> writes them.</summary>
internal sealed class TestRun(DateTime finished, ILookup<string, TestOutcome> outcomes)
{
    private static readonly XNamespace Trx = "http://microsoft.com/schemas/VisualStudio/TeamTest/2010";

    public DateTime Finished => finished;

    public static TestRun Read(string path)
    {
        var run = XDocument.Load(path).Root!;
        var tests = run.Descendants(Trx + "UnitTest").ToDictionary(
            test => (string)test.Attribute("id")!, test => KeyOf(test.Element(Trx + "TestMethod")!));
        var outcomes = run.Descendants(Trx + "UnitTestResult").Select(result => new TestOutcome(
            tests[(string)result.Attribute("testId")!],
            (string)result.Attribute("testName")!,
            (string)result.Attribute("outcome")!,
            (string?)result.Element(Trx + "Output")?.Element(Trx + "StdOut") ?? ""));
        var finished = DateTimeOffset.Parse((string)run.Element(Trx + "Times")!.Attribute("finish")!, CultureInfo.InvariantCulture);
        return new(finished.UtcDateTime, outcomes.ToLookup(outcome => outcome.Key));
    }

    /// <summary>All cases of a test.</summary>
    public IEnumerable<TestOutcome> Of(SuiteTest test) => outcomes[test.Key];

    /// <summary>Its cases on one store.</summary>
    public IEnumerable<TestOutcome> Of(SuiteTest test, StoreKind store) =>
        Of(test).Where(outcome => outcome.Case.Contains($"store: {store}", StringComparison.Ordinal));

    /// <summary>The outcome of several cases in a word.</summary>
    public static string Sum(IEnumerable<TestOutcome> cases) => cases.Select(outcome => outcome.Outcome).Distinct().ToArray() switch
    {
        [] => "not run",
        ["Passed"] => "passed",
        ["NotExecuted"] => "not run",
        _ => "**failed**",
    };

    private static string KeyOf(XElement method) =>
        $"{(string)method.Attribute("className")!}.{((string)method.Attribute("name")!).Split('(')[0].Split('.')[^1]}";
}
