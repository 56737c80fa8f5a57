using Microsoft.DurableTask;

namespace Orchestrator.Durable.Abstractions.Tests.Surface;

public sealed class PublicSurfaceTests
{
    [Fact]
    public void Every_public_signature_is_one_of_the_genuine_packages()
    {
        var types = typeof(TaskOrchestrationContext).Assembly.GetExportedTypes();

        Assert.True(types.Length > 60, $"Only {types.Length} public types were found.");
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
                "public abstract class Invented : IDisposable",
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
