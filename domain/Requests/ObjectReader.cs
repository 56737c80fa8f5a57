using System.Text.Json;
using System.Text.Json.Serialization;

namespace Orchestrator.Domain.Requests;

/// <summary>
/// Reads the members of one JSON object and notes every problem with its JSON pointer. A member that nobody asked for is a problem too.
/// A member with a problem yields its default, so that reading goes on and finds the others.
/// </summary>
public sealed class ObjectReader
{
    private readonly JsonElement json;
    private readonly string pointer;
    private readonly List<Problem> problems;
    private readonly HashSet<string> asked = new(StringComparer.Ordinal);

    private ObjectReader(JsonElement json, string pointer, List<Problem> problems)
    {
        this.json = json;
        this.pointer = pointer;
        this.problems = problems;
    }

    internal static T? Read<T>(JsonElement json, string pointer, List<Problem> problems, Func<ObjectReader, T> read)
    {
        if (json.ValueKind != JsonValueKind.Object)
        {
            problems.Add(new(pointer, "type", $"Expected an object, got {Name(json.ValueKind)}."));
            return default;
        }

        var reader = new ObjectReader(json, pointer, problems);
        var value = read(reader);
        reader.RejectUnknown();
        return value;
    }

    /// <summary>Whether the member is there and not null.</summary>
    public bool Has(string member) => Find(member) is not null;

    /// <summary>Whether the member is a list without items.</summary>
    public bool IsEmptyList(string member) => Find(member) is { ValueKind: JsonValueKind.Array } list && list.GetArrayLength() == 0;

    /// <summary>Notes a problem of this object's member; of the object itself when <paramref name="member"/> is empty.</summary>
    public void Problem(string member, string code, string message) => problems.Add(new(At(member), code, message));

    /// <summary>A text that must be there; <paramref name="check"/> answers what is wrong with it, or null.</summary>
    public string Text(string member, Func<string, string?>? check = null)
    {
        if (OptionalText(member, check) is { } text)
        {
            return text;
        }

        if (!Has(member))
        {
            Problem(member, "required", $"'{member}' is required.");
        }

        return "";
    }

    /// <summary>A text that may be missing.</summary>
    public string? OptionalText(string member, Func<string, string?>? check = null) =>
        Find(member) is { } value ? TextOf(value, At(member), check) : null;

    /// <summary>A whole number within bounds.</summary>
    public int Integer(string member, int defaultValue, int min, int max) => OptionalInteger(member, min, max) ?? defaultValue;

    /// <summary>A whole number within bounds that must be there.</summary>
    public int Integer(string member, int min, int max)
    {
        if (!Has(member))
        {
            Problem(member, "required", $"'{member}' is required.");
        }

        return OptionalInteger(member, min, max) ?? min;
    }

    /// <summary>A whole number within bounds that may be missing.</summary>
    public int? OptionalInteger(string member, int min, int max)
    {
        if (Find(member) is not { } value)
        {
            return null;
        }

        if (value.ValueKind != JsonValueKind.Number || !value.TryGetInt32(out var number))
        {
            Problem(member, "type", $"Expected a whole number, got {Show(value)}.");
            return null;
        }

        if (number < min || number > max)
        {
            Problem(member, "range", $"Expected {min} to {max}, got {number}.");
            return null;
        }

        return number;
    }

    /// <summary>A number that may be missing.</summary>
    public double? OptionalNumber(string member, double min, double max)
    {
        if (Find(member) is not { } value)
        {
            return null;
        }

        if (value.ValueKind != JsonValueKind.Number)
        {
            Problem(member, "type", $"Expected a number, got {Show(value)}.");
            return null;
        }

        if (value.GetDouble() is var number && !(number >= min && number <= max))
        {
            Problem(member, "range", $"Expected {min} to {max}, got {value.GetRawText()}.");
            return null;
        }

        return number;
    }

    /// <summary>A length of time in milliseconds, written as a number of them or as a duration, that may be missing.</summary>
    public double? OptionalMilliseconds(string member, TimeSpan min, TimeSpan max) =>
        Find(member) is { ValueKind: JsonValueKind.Number }
            ? OptionalNumber(member, min.TotalMilliseconds, max.TotalMilliseconds)
            : OptionalDuration(member, min, max)?.TotalMilliseconds;

    /// <summary>A truth value.</summary>
    public bool Boolean(string member, bool defaultValue)
    {
        switch (Find(member))
        {
            case null:
                return defaultValue;
            case { ValueKind: JsonValueKind.True }:
                return true;
            case { ValueKind: JsonValueKind.False }:
                return false;
            case var value:
                Problem(member, "type", $"Expected true or false, got {Show(value.Value)}.");
                return defaultValue;
        }
    }

    /// <summary>A duration within bounds.</summary>
    public TimeSpan Duration(string member, TimeSpan defaultValue, TimeSpan min, TimeSpan max) => OptionalDuration(member, min, max) ?? defaultValue;

    /// <summary>A duration within bounds that may be missing.</summary>
    public TimeSpan? OptionalDuration(string member, TimeSpan min, TimeSpan max)
    {
        if (Find(member) is not { } value)
        {
            return null;
        }

        if (value.ValueKind != JsonValueKind.String || Requests.Duration.Parse(value.GetString()!) is not { } duration)
        {
            Problem(member, "duration", $"Expected {Requests.Duration.Forms}, got {Show(value)}.");
            return null;
        }

        if (duration < min || duration > max)
        {
            Problem(member, "range", $"Expected {Requests.Duration.Format(min)} to {Requests.Duration.Format(max)}, got {value.GetString()}.");
            return null;
        }

        return duration;
    }

    /// <summary>One word of an enum, as the enum is serialized.</summary>
    public T Choice<T>(string member, T defaultValue)
        where T : struct, Enum
    {
        if (Find(member) is not { } value)
        {
            return defaultValue;
        }

        var words = Enum.GetValues<T>().ToDictionary(Word, StringComparer.Ordinal);
        if (value.ValueKind == JsonValueKind.String && words.TryGetValue(value.GetString()!, out var choice))
        {
            return choice;
        }

        Problem(member, "choice", $"Expected one of {string.Join(", ", words.Keys)}, got {Show(value)}.");
        return defaultValue;
    }

    /// <summary>An object that may be missing.</summary>
    public T? Object<T>(string member, Func<ObjectReader, T> read)
        where T : class =>
        Find(member) is { } value ? Read(value, At(member), problems, read) : null;

    /// <summary>A list of objects; an absent one is empty.</summary>
    public IReadOnlyList<T> Objects<T>(string member, int max, Func<ObjectReader, T> read)
        where T : class =>
        [.. Items(member, max).Select(item => Read(item.Json, item.Pointer, problems, read)).OfType<T>()];

    /// <summary>A list of texts; an absent one is empty.</summary>
    public IReadOnlyList<string> Texts(string member, int max, Func<string, string?>? check = null) =>
        [.. Items(member, max).Select(item => TextOf(item.Json, item.Pointer, check)).OfType<string>()];

    /// <summary>An object of texts by names that the request chooses, sorted; a number counts as its text. An absent one is empty.</summary>
    public IReadOnlyDictionary<string, string> Map(string member, int max, Func<string, string?> checkName, Func<string, string?> check) =>
        Object(member, o => o.Entries(max, checkName, check)) ?? [];

    private SortedDictionary<string, string> Entries(int max, Func<string, string?> checkName, Func<string, string?> check)
    {
        SortedDictionary<string, string> entries = new(StringComparer.Ordinal);
        var names = json.EnumerateObject().Select(entry => entry.Name).Distinct(StringComparer.Ordinal).ToList();
        asked.UnionWith(names);
        if (names.Count > max)
        {
            Problem("", "limit", $"Expected at most {max} members, got {names.Count}.");
            return entries;
        }

        foreach (var name in names)
        {
            var value = json.GetProperty(name);
            if (checkName(name) is { } wrong)
            {
                Problem(name, "unknown", wrong);
            }
            else if (value.ValueKind is JsonValueKind.Number && check(value.GetRawText()) is { } bad)
            {
                Problem(name, "invalid", bad);
            }
            else if ((value.ValueKind is JsonValueKind.Number ? value.GetRawText() : TextOf(value, At(name), check)) is { } text)
            {
                entries[name] = text;
            }
        }

        return entries;
    }

    private List<(JsonElement Json, string Pointer)> Items(string member, int max)
    {
        if (Find(member) is not { } value)
        {
            return [];
        }

        if (value.ValueKind != JsonValueKind.Array)
        {
            Problem(member, "type", $"Expected a list, got {Name(value.ValueKind)}.");
            return [];
        }

        if (value.GetArrayLength() > max)
        {
            Problem(member, "limit", $"Expected at most {max} items, got {value.GetArrayLength()}.");
            return [];
        }

        return [.. value.EnumerateArray().Select((item, index) => (item, $"{At(member)}/{index}"))];
    }

    private string? TextOf(JsonElement value, string at, Func<string, string?>? check)
    {
        if (value.ValueKind != JsonValueKind.String)
        {
            problems.Add(new(at, "type", $"Expected a text, got {Show(value)}."));
            return null;
        }

        var text = value.GetString()!;
        if (check?.Invoke(text) is { } wrong)
        {
            problems.Add(new(at, "invalid", wrong));
            return null;
        }

        return text;
    }

    private JsonElement? Find(string member)
    {
        asked.Add(member);
        return json.TryGetProperty(member, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;
    }

    private void RejectUnknown()
    {
        foreach (var member in json.EnumerateObject().Where(member => !asked.Contains(member.Name)))
        {
            Problem(member.Name, "unknown", $"'{member.Name}' is not known here. Known are: {string.Join(", ", asked.Order(StringComparer.Ordinal))}.");
        }
    }

    private string At(string member) => member.Length == 0 ? pointer : $"{pointer}/{member.Replace("~", "~0").Replace("/", "~1")}";

    private static string Word<T>(T value)
        where T : struct, Enum =>
        typeof(T).GetField(value.ToString())!.GetCustomAttributes(typeof(JsonStringEnumMemberNameAttribute), false) is [JsonStringEnumMemberNameAttribute name, ..]
            ? name.Name
            : value.ToString();

    private static string Show(JsonElement value) =>
        value.GetRawText() is { Length: <= 40 } text ? text : Name(value.ValueKind);

    private static string Name(JsonValueKind kind) => kind switch
    {
        JsonValueKind.Array => "a list",
        JsonValueKind.Object => "an object",
        JsonValueKind.String => "a text",
        JsonValueKind.Number => "a number",
        JsonValueKind.True or JsonValueKind.False => "a truth value",
        _ => "nothing",
    };
}
