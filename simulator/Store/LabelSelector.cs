using System.Text.Json.Nodes;

namespace Orchestrator.Simulator;

/// <summary>A label selector: all its requirements must hold.</summary>
public sealed class LabelSelector
{
    private enum Operator { In, NotIn, Exists, DoesNotExist }

    private sealed record Requirement(string Key, Operator Operator, IReadOnlyList<string> Values);

    private readonly IReadOnlyList<Requirement> requirements;

    private LabelSelector(IReadOnlyList<Requirement> requirements) => this.requirements = requirements;

    /// <summary>Selects every object.</summary>
    public static LabelSelector Everything { get; } = new([]);

    /// <summary>Reads the <c>labelSelector</c> query parameter: <c>a=b,c!=d,e in (f,g),h notin (i),j,!k</c>.</summary>
    /// <exception cref="KubeException">400 when it cannot be read.</exception>
    public static LabelSelector Parse(string? text) =>
        string.IsNullOrWhiteSpace(text) ? Everything : new([.. SplitTopLevel(text).Select(term => ParseTerm(term.Trim(), text))]);

    /// <summary>Every one of these labels must be there with this value.</summary>
    public static LabelSelector Equal(IEnumerable<KeyValuePair<string, string>> labels) =>
        new([.. labels.Select(label => new Requirement(label.Key, Operator.In, [label.Value]))]);

    /// <summary>A plain map of labels, as a Service's <c>spec.selector</c>. An absent or empty map selects nothing there, hence null.</summary>
    public static LabelSelector? FromMap(JsonNode? map) =>
        map is JsonObject { Count: > 0 } labels
            ? Equal(labels.Select(label => KeyValuePair.Create(label.Key, label.Value.AsText() ?? "")))
            : null;

    /// <summary>The object form, <c>{matchLabels, matchExpressions}</c>; absent or empty selects everything.</summary>
    public static LabelSelector FromObject(JsonNode? selector)
    {
        var found = new List<Requirement>();
        if (selector?["matchLabels"] is JsonObject labels)
            found.AddRange(labels.Select(label => new Requirement(label.Key, Operator.In, [label.Value.AsText() ?? ""])));
        if (selector?["matchExpressions"] is JsonArray expressions)
            found.AddRange(expressions.Select(expression => new Requirement(
                expression?["key"].AsText() ?? "",
                Enum.Parse<Operator>(expression?["operator"].AsText() ?? nameof(Operator.In)),
                [.. (expression?["values"] as JsonArray ?? []).Select(value => value.AsText() ?? "")])));
        return new(found);
    }

    /// <summary>Whether a set of labels, such as <c>metadata.labels</c>, is selected.</summary>
    public bool Matches(JsonObject? labels)
    {
        foreach (var requirement in requirements)
        {
            var value = labels?[requirement.Key].AsText();
            var holds = requirement.Operator switch
            {
                Operator.In => value is not null && requirement.Values.Contains(value),
                Operator.NotIn => value is null || !requirement.Values.Contains(value),
                Operator.Exists => value is not null,
                _ => value is null,
            };
            if (!holds) return false;
        }
        return true;
    }

    private static IEnumerable<string> SplitTopLevel(string text)
    {
        int depth = 0, start = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '(') depth++;
            if (text[i] == ')') depth--;
            if (text[i] != ',' || depth > 0) continue;
            yield return text[start..i];
            start = i + 1;
        }
        yield return text[start..];
    }

    private static Requirement ParseTerm(string term, string whole)
    {
        if (term.EndsWith(')') && term.IndexOf('(') is > 0 and var open)
        {
            string[] head = term[..open].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            string[] values = [.. term[(open + 1)..^1].Split(',').Select(value => value.Trim())];
            if (head is [var key, "in"]) return new(Key(key, whole), Operator.In, values);
            if (head is [var other, "notin"]) return new(Key(other, whole), Operator.NotIn, values);
            throw Unreadable(whole);
        }
        if (term.StartsWith('!')) return new(Key(term[1..], whole), Operator.DoesNotExist, []);
        foreach (var (sign, meaning) in new[] { ("!=", Operator.NotIn), ("==", Operator.In), ("=", Operator.In) })
            if (term.IndexOf(sign, StringComparison.Ordinal) is >= 0 and var at)
                return new(Key(term[..at], whole), meaning, [term[(at + sign.Length)..].Trim()]);
        return new(Key(term, whole), Operator.Exists, []);
    }

    private static string Key(string text, string whole) =>
        text.Trim() is { Length: > 0 } key && !key.Contains(' ') ? key : throw Unreadable(whole);

    private static KubeException Unreadable(string text) =>
        KubeException.BadRequest($"unable to parse requirement: labelSelector \"{text}\" is not of the form key=value, key in (a,b), key, !key");
}
