using Xunit;

namespace Orchestrator.TestKit;

/// <summary>Golden cases: folders <c>cases/NAME/</c> beside the test's source, each with its inputs and the expected output as files.</summary>
public static class GoldenCases
{
    /// <summary>The names of the case folders, for <c>[MemberData]</c>.</summary>
    /// <param name="casesFolder">The folder that holds one folder a case, relative to the repository's root.</param>
    /// <exception cref="InvalidOperationException">There is no case: a theory without data would pass unseen.</exception>
    public static TheoryData<string> In(string casesFolder)
    {
        TheoryData<string> names =
        [
            .. Directory.EnumerateDirectories(Repository.PathOf(casesFolder)).Select(folder => Path.GetFileName(folder)).Order(StringComparer.Ordinal),
        ];
        return names.Count > 0 ? names : throw new InvalidOperationException($"There is no case below {casesFolder}.");
    }

    /// <summary>The text of one file of a case.</summary>
    public static string Read(string casesFolder, string name, string file) => File.ReadAllText(Repository.PathOf(casesFolder, name, file));
}
