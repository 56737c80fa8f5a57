using System.Text.RegularExpressions;

namespace Orchestrator.Simulator.Metrics;

/// <summary>One condition in the braces of a query.</summary>
public sealed partial class LabelMatcher
{
    private readonly string name;
    private readonly Predicate<string> accepts;

    private LabelMatcher(string name, string comparison, string value)
    {
        this.name = name;
        accepts = comparison switch
        {
            "=" => value.Equals,
            "!=" => text => text != value,
            "=~" => Anchored(value).IsMatch,
            _ => Not(Anchored(value)),
        };
    }

    /// <summary>A label that is missing counts as empty, as in Prometheus.</summary>
    public bool Matches(IReadOnlyDictionary<string, string> labels) => accepts(labels.GetValueOrDefault(name, ""));

    /// <summary>Reads what stands between the braces, or returns null when it is not a list of conditions.</summary>
    public static IReadOnlyList<LabelMatcher>? ParseList(string text)
    {
        if (List().Match(text) is not { Success: true } list) return null;
        try
        {
            return [.. list.Groups["matcher"].Captures.Select(capture => One().Match(capture.Value)).Select(one =>
                new LabelMatcher(one.Groups["name"].Value, one.Groups["comparison"].Value, Unescape(one.Groups["value"].Value)))];
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            return null;
        }
    }

    private static Regex Anchored(string pattern) => new($@"\A(?:{pattern})\z", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);

    private static Predicate<string> Not(Regex pattern) => text => !pattern.IsMatch(text);

    private static string Unescape(string value) => EscapeSequence().Replace(value, match => match.Value[1] switch { 'n' => "\n", 't' => "\t", var other => $"{other}" });

    [GeneratedRegex("""^\s*(?:(?<matcher>[a-zA-Z_]\w*\s*(?:=~|!~|!=|=)\s*"(?:[^"\\]|\\.)*")\s*(?:,\s*|$))*$""")]
    private static partial Regex List();

    [GeneratedRegex("""^(?<name>\w+)\s*(?<comparison>=~|!~|!=|=)\s*"(?<value>.*)"$""", RegexOptions.Singleline)]
    private static partial Regex One();

    [GeneratedRegex(@"\\.", RegexOptions.Singleline)]
    private static partial Regex EscapeSequence();
}
