using System.Text.RegularExpressions;

namespace Orchestrator.Durable.Abstractions.Tests.Surface;

/// <summary>The signatures of the genuine packages as kept in <c>Genuine/*.txt</c>: the members by the header of their type.</summary>
internal static partial class SignatureList
{
    internal static IReadOnlyDictionary<string, IReadOnlySet<string>> Load()
    {
        var types = new Dictionary<string, IReadOnlySet<string>>();
        foreach (var file in Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "Surface", "Genuine"), "*.txt"))
            Read(File.ReadLines(file), types);
        return types;
    }

    internal static void Read(IEnumerable<string> lines, Dictionary<string, IReadOnlySet<string>> types)
    {
        string space = "", attributes = "", header = "";
        HashSet<string> members = [];
        foreach (var line in lines.Select(line => Obsolete().Replace(line, "")))
        {
            if (line.StartsWith("namespace ", StringComparison.Ordinal))
                space = line["namespace ".Length..].TrimEnd(';');
            else if (line.StartsWith("    ", StringComparison.Ordinal))
                members.UnionWith(header.Contains(" enum ", StringComparison.Ordinal) ? line.Trim().Split(", ") : [line.Trim()]);
            else if (line.StartsWith('['))
                attributes += line + " ";
            else if (line.StartsWith("public ", StringComparison.Ordinal))
            {
                header = $"{space}: {attributes}{line}";
                attributes = "";
                types[header] = members = [];
            }
        }
    }

    /// <summary>Advice, no part of a signature.</summary>
    [GeneratedRegex(@"\[Obsolete(\([^]]*\))?\] ?")]
    private static partial Regex Obsolete();
}
