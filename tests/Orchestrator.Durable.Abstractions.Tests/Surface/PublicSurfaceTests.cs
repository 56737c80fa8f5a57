using System.Reflection;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Testing;
using Microsoft.DurableTask.Testing.Sidecar;

namespace Orchestrator.Durable.Abstractions.Tests.Surface;

public sealed class PublicSurfaceTests
{
    public static TheoryData<Assembly, int> Assemblies => new()
    {
        { typeof(TaskOrchestrationContext).Assembly, 100 },
        { typeof(DurableTaskTestHost).Assembly, 20 },
    };

    [Theory]
    [MemberData(nameof(Assemblies))]
    public void Every_public_signature_is_one_of_the_genuine_packages(Assembly assembly, int atLeast)
    {
        // What is ours stands in our own namespace, and the stand-in for the genuine service has none of its interfaces.
        Type[] types = [.. assembly.GetExportedTypes()
            .Where(type => !type.Namespace!.StartsWith("Orchestrator.", StringComparison.Ordinal))
            .Except([typeof(InMemoryOrchestrationService)])];

        Assert.True(types.Length > atLeast, $"Only {types.Length} public types were found.");
        Assert.Empty(types.SelectMany(type => Foreign(type, SignatureList.Load())));
    }

    [Fact]
    public void A_type_that_no_genuine_package_has_is_reported() =>
        Assert.Equal([PublicSurface.Header(typeof(Invented))], Foreign(typeof(Invented), SignatureList.Load()));

    [Fact]
    public void A_member_that_differs_in_any_mark_is_reported()
    {
        var genuine = new Dictionary<string, IReadOnlySet<string>>();
        SignatureList.Read(
            [
                $"namespace {typeof(Invented).Namespace};",
                "public abstract class PublicSurfaceTests.Invented : IDisposable",
                "{",
                "    protected Invented();",
                "    public void Dispose();",
                "    public virtual Task<string> SameAsync<T>(T? value, int count = 1, CancellationToken cancellation = default) where T : class;",
                "    public virtual string? Nullness(string value);",
                "    public abstract string Override();",
                "    public virtual int Default(int value = 2);",
                "    public int Setter { get; set; }",
                "}",
            ],
            genuine);

        Assert.Equal(
            [
                "public virtual string Nullness(string value);",
                "public virtual string Override();",
                "public virtual int Default(int value = 1);",
                "public int Setter { get; init; }",
            ],
            Foreign(typeof(Invented), genuine).Select(line => line[(line.IndexOf(" > ", StringComparison.Ordinal) + 3)..]));
    }

    private static IEnumerable<string> Foreign(Type type, IReadOnlyDictionary<string, IReadOnlySet<string>> genuine)
    {
        var header = PublicSurface.Header(type);
        return genuine.TryGetValue(header, out var members)
            ? PublicSurface.Members(type).Where(member => !members.Contains(member)).Select(member => $"{header} > {member}")
            : [header];
    }

    public abstract class Invented : IDisposable
    {
        public int Setter { get; init; }

        public void Dispose() => GC.SuppressFinalize(this);

        public virtual Task<string> SameAsync<T>(T? value, int count = 1, CancellationToken cancellation = default)
            where T : class => Task.FromResult($"{value}{count}{cancellation}");

        public virtual string Nullness(string value) => value;

        public virtual string Override() => "";

        public virtual int Default(int value = 1) => value;
    }
}
