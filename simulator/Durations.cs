using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;

namespace Orchestrator.Simulator;

/// <summary>Durations as Kubernetes, Istio and Prometheus write them: <c>1h30m</c>, <c>0.5s</c>, <c>2d</c>.</summary>
internal static partial class Durations
{
    /// <summary>Reads one, or returns null.</summary>
    public static TimeSpan? Parse(string? text) => text is not null && Whole().Match(text) is { Success: true } whole
        ? TimeSpan.FromTicks((long)whole.Groups["number"].Captures.Zip(whole.Groups["unit"].Captures).Sum(part =>
            double.Parse(part.First.Value, CultureInfo.InvariantCulture) * Ticks(part.Second.Value)))
        : null;

    private static double Ticks(string unit) => unit switch
    {
        "ns" => 1.0 / TimeSpan.NanosecondsPerTick,
        "us" or "µs" => TimeSpan.TicksPerMicrosecond,
        "ms" => TimeSpan.TicksPerMillisecond,
        "s" => TimeSpan.TicksPerSecond,
        "m" => TimeSpan.TicksPerMinute,
        "h" => TimeSpan.TicksPerHour,
        _ => TimeSpan.TicksPerDay,
    };

    [GeneratedRegex(@"^(?:(?<number>\d+(?:\.\d+)?)(?<unit>ns|us|µs|ms|s|m|h|d))+\z")]
    private static partial Regex Whole();
}

/// <summary>Reads a duration of an Istio object.</summary>
internal sealed class DurationConverter : JsonConverter<TimeSpan>
{
    public override TimeSpan Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        Durations.Parse(reader.GetString()) ?? throw new JsonException("It is no duration.");

    public override void Write(Utf8JsonWriter writer, TimeSpan value, JsonSerializerOptions options) =>
        writer.WriteStringValue($"{value.TotalSeconds.ToString(CultureInfo.InvariantCulture)}s");
}
