namespace Orchestrator.TestKit;

/// <summary>The repository that the tests were built from.</summary>
public static class Repository
{
    /// <summary>The folder of <c>Orchestrator.sln</c>, found upwards from the test's own folder.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The absolute path of a file or folder of the repository.</summary>
    public static string PathOf(params ReadOnlySpan<string> parts) => Path.Combine([Root, .. parts]);

    /// <summary>Every file below <paramref name="folder"/> that matches, build outputs left out, sorted.</summary>
    public static IReadOnlyList<string> Files(string folder, string pattern) =>
    [
        .. Directory.EnumerateFiles(PathOf(folder), pattern, SearchOption.AllDirectories)
            .Where(file => !Path.GetRelativePath(Root, file).Split(Path.DirectorySeparatorChar).Any(IsOutput))
            .Order(StringComparer.Ordinal),
    ];

    private static bool IsOutput(string part) =>
        part is "bin" or "obj" or "artifacts" or ".git" or "node_modules" || part.StartsWith("bin-", StringComparison.Ordinal)
        || part.StartsWith("obj-", StringComparison.Ordinal);

    private static string FindRoot()
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            if (File.Exists(Path.Combine(directory.FullName, "Orchestrator.sln")))
            {
                return directory.FullName;
            }
        }

        throw new InvalidOperationException($"No Orchestrator.sln stands above {AppContext.BaseDirectory}; run the tests from the repository's own build.");
    }
}
