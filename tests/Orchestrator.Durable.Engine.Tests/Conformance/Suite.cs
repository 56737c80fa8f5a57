using System.Reflection;

namespace Orchestrator.Durable.Engine.Tests;

/// <summary>A test of the suite: a rule of the engine, or the proof of a scenario.</summary>
/// <param name="Section">The section of the page, or the number of the scenario.</param>
/// <param name="Method">The test.</param>
internal sealed record SuiteTest(string Section, MethodInfo Method)
{
    /// <summary>The method's name as a sentence.</summary>
    public string Text => Method.Name.Replace('_', ' ');

    public string ClassName => Method.DeclaringType!.FullName!;

    public string Key => $"{ClassName}.{Method.Name}";

    /// <summary>The test as a link to its class.</summary>
    public string Link => $"[{Method.DeclaringType!.Name}](../tests/{ProjectName}{Folder}/{Method.DeclaringType.Name}.cs)";

    private static string ProjectName => typeof(SuiteTest).Assembly.GetName().Name!;

    private string Folder => Method.DeclaringType!.Namespace![ProjectName.Length..].Replace('.', '/');
}

/// <summary>All tests of the suite, read from their attributes.</summary>
internal static class Suite
{
    /// <summary>The sections of the page in their order; those of the tests, and no others.</summary>
    public static readonly IReadOnlyList<string> Sections =
    [
        "Completion waits for open tasks", "Event types", "Episodes", "Replay", "Non-determinism", "Deduplication", "Illegal await", "NewGuid",
        "Timers", "Events", "Activities", "Sub-orchestrations", "Continue as new", "Retry", "Failures", "Custom status", "Client exceptions",
        "Client", "Terminate", "Suspend and resume", "Purge", "Query", "Restart", "Rewind", "Id reuse", "Versioning", "Replay-safe logger",
        "Entities", "WhenAll and WhenAny", "Payloads", "Tags", "Scheduled start", "Beyond the genuine stack: recovery",
        "Beyond the genuine stack: code kept in memory",
        "Beyond the genuine stack: why an instance waits", "Beyond the genuine stack: retention",
    ];

    /// <summary>The rules in the order of the page.</summary>
    public static IReadOnlyList<SuiteTest> Rules { get; } =
    [
        .. Methods()
            .Where(method => method.IsDefined(typeof(EachStoreAttribute)))
            .Select(method => new SuiteTest(SectionOf(method), method))
            .OrderBy(rule => ((List<string>)[.. Sections]).IndexOf(rule.Section)),
    ];

    /// <summary>The tests of a scenario.</summary>
    public static IReadOnlyList<SuiteTest> Of(int scenario) =>
    [
        .. Methods()
            .Where(method => method.GetCustomAttributes<ScenarioAttribute>().Any(attribute => attribute.Number == scenario))
            .Select(method => new SuiteTest($"{scenario}", method)),
    ];

    private static IEnumerable<MethodInfo> Methods() => typeof(Suite).Assembly.GetTypes()
        .Where(type => type.IsPublic)
        .OrderBy(type => type.FullName, StringComparer.Ordinal)
        .SelectMany(type => type
            .GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
            .OrderBy(method => method.MetadataToken));

    private static string SectionOf(MethodInfo method) =>
        (method.GetCustomAttribute<SectionAttribute>() ?? method.DeclaringType!.GetCustomAttribute<SectionAttribute>())?.Name
        ?? throw new InvalidOperationException($"{method.DeclaringType}.{method.Name} runs on each store and belongs to no section: give it one.");
}
