using System.Text.RegularExpressions;

namespace Orchestrator.Simulator.DataPlane;

/// <summary>Istio's <c>StringMatch</c>: exact, prefix or RE2 over the whole text. Empty, it asks only that the text is there.</summary>
public sealed record StringMatch
{
    private readonly Regex? pattern;

    public string? Exact { get; init; }

    public string? Prefix { get; init; }

    /// <summary>The Gateway API's prefix: whole segments of a path, without the slash at the end.</summary>
    public string? PathPrefix { get; init; }

    /// <summary>An RE2 expression; one that cannot be read matches nothing.</summary>
    public string? Regex
    {
        get;
        init
        {
            field = value;
            try
            {
                pattern = value is null ? null : new($@"\A(?:{value})\z", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
            }
            catch (Exception e) when (e is ArgumentException or NotSupportedException)
            {
                pattern = null;
            }
        }
    }

    /// <summary>Whether the text matches. <paramref name="ignoreCase"/> is for exact and prefix alone, as in Istio.</summary>
    public bool Matches(string? text, bool ignoreCase = false)
    {
        if (text is null) return false;
        var comparison = ignoreCase ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;
        if (Exact is not null) return text.Equals(Exact, comparison);
        if (Prefix is not null) return text.StartsWith(Prefix, comparison);
        if (PathPrefix is not null)
            return text.StartsWith(PathPrefix, StringComparison.Ordinal) && (text.Length == PathPrefix.Length || text[PathPrefix.Length] == '/');
        return Regex is null || pattern?.IsMatch(text) == true;
    }
}
