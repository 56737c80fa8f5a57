using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Orchestrator.Domain.Canaries;

/// <summary>The singular queries of JSONPath (RFC 9535, 2.3.5.1): names and indexes, which lead to one value or to none.</summary>
public static partial class JsonPath
{
    /// <summary>What is wrong with a path, or null.</summary>
    public static string? Check(string path) => path.Length <= 200 && Whole().IsMatch(path)
        ? null
        : "Expected a JSONPath that leads to one value, by names and indexes: e.g. $.data.errors, $['error rate'] or $.results[0].value.";

    /// <summary>The value at a path; null when there is none.</summary>
    public static JsonElement? Find(JsonElement root, string path)
    {
        JsonElement? found = root;
        foreach (Match segment in Segment().Matches(path))
        {
            found = found is { } at ? Step(at, segment) : null;
        }

        return found;
    }

    /// <summary>A number, or a text that is one; true is 1 and false is 0. Null for anything else.</summary>
    public static double? Number(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number => value.GetDouble(),
        JsonValueKind.True => 1,
        JsonValueKind.False => 0,
        JsonValueKind.String when double.TryParse(value.GetString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) => number,
        _ => null,
    };

    private static JsonElement? Step(JsonElement at, Match segment)
    {
        if (segment.Groups["index"] is { Success: true } number)
        {
            var index = int.Parse(number.ValueSpan, CultureInfo.InvariantCulture);
            index = index < 0 && at.ValueKind == JsonValueKind.Array ? at.GetArrayLength() + index : index;
            return at.ValueKind == JsonValueKind.Array && index >= 0 && index < at.GetArrayLength() ? at[index] : null;
        }

        var name = segment.Groups["name"] is { Success: true } plain ? plain.Value : Escape().Replace(segment.Groups["quoted"].Value, "$1");
        return at.ValueKind == JsonValueKind.Object && at.TryGetProperty(name, out var member) ? member : null;
    }

    [GeneratedRegex(@"^\$(?:" + Form + @")*\z", RegexOptions.CultureInvariant)]
    private static partial Regex Whole();

    [GeneratedRegex(Form, RegexOptions.CultureInvariant)]
    private static partial Regex Segment();

    [GeneratedRegex(@"\\(.)", RegexOptions.CultureInvariant | RegexOptions.Singleline)]
    private static partial Regex Escape();

    private const string Form =
        @"\.(?<name>[\p{L}_][\p{L}\p{N}_]*)|\[(?<index>0|-?[1-9][0-9]{0,8})\]|\['(?<quoted>(?:[^'\\]|\\['\\])*)'\]|\[""(?<quoted>(?:[^""\\]|\\[""\\])*)""\]";
}
