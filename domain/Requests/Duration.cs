using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using System.Xml;

namespace Orchestrator.Domain.Requests;

/// <summary>Durations as people write them: <c>500ms</c>, <c>30s</c>, <c>1h30m</c>, or ISO 8601 (<c>PT30S</c>).</summary>
public static partial class Duration
{
    /// <summary>What a duration may look like, for messages.</summary>
    public const string Forms = "a duration such as 30s, 5m, 1h30m, 500ms or PT30S";

    /// <summary>Reads one duration; null when the text is none, is negative, or is more than fits a <see cref="TimeSpan"/>.</summary>
    public static TimeSpan? Parse(string text)
    {
        try
        {
            return text.StartsWith('P') ? NotNegative(XmlConvert.ToTimeSpan(text)) : ParseUnits(text);
        }
        catch (Exception e) when (e is FormatException or OverflowException)
        {
            return null;
        }
    }

    /// <summary>Writes a duration in units, e.g. <c>1h30m</c>; zero is <c>0s</c>.</summary>
    public static string Format(TimeSpan value)
    {
        if (value < TimeSpan.FromMilliseconds(1))
        {
            return "0s";
        }

        var text = new StringBuilder();
        Append((long)value.TotalHours, "h");
        Append(value.Minutes, "m");
        Append(value.Seconds, "s");
        Append(value.Milliseconds, "ms");
        return text.ToString();

        void Append(long amount, string unit)
        {
            if (amount > 0)
            {
                text.Append(amount).Append(unit);
            }
        }
    }

    private static TimeSpan? ParseUnits(string text)
    {
        var match = Units().Match(text);
        if (!match.Success || text.Length == 0)
        {
            return null;
        }

        return TimeSpan.FromHours(Amount("h")) + TimeSpan.FromMinutes(Amount("m"))
            + TimeSpan.FromSeconds(Amount("s")) + TimeSpan.FromMilliseconds(Amount("ms"));

        double Amount(string unit) => match.Groups[unit] is { Success: true } group ? int.Parse(group.ValueSpan) : 0;
    }

    private static TimeSpan? NotNegative(TimeSpan value) => value < TimeSpan.Zero ? null : value;

    [GeneratedRegex(@"^(?:(?<h>[0-9]+)h)?(?:(?<m>[0-9]+)m)?(?:(?<s>[0-9]+)s)?(?:(?<ms>[0-9]+)ms)?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Units();
}

/// <summary>Writes a <see cref="TimeSpan"/> as it stands on the wire (<c>1h30m</c>) and reads every form of <see cref="Duration"/>.</summary>
public sealed class DurationConverter : JsonConverter<TimeSpan>
{
    /// <inheritdoc/>
    public override TimeSpan Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        Duration.Parse(reader.GetString() ?? "") ?? throw new JsonException($"Expected {Duration.Forms}.");

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, TimeSpan value, JsonSerializerOptions options) => writer.WriteStringValue(Duration.Format(value));
}
