using System.Collections;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Orchestrator.Durable.Engine.History;

/// <summary>
/// The facts that were attached to an exception, as JSON and back. As on the genuine stack, whose wire format knows fewer types than .NET, every
/// number comes back as a double, a time as it was, and what is neither text, truth, list nor dictionary as its text.
/// </summary>
internal static class FailureProperties
{
    private const string Time = "$time";
    private const string TimeWithOffset = "$timeWithOffset";

    public static Dictionary<string, JsonElement>? Encode(IDictionary<string, object?>? properties) =>
        properties?.ToDictionary(property => property.Key, property => JsonSerializer.SerializeToElement(ToNode(property.Value)));

    public static Dictionary<string, object?>? Decode(IReadOnlyDictionary<string, JsonElement>? properties) =>
        properties?.ToDictionary(property => property.Key, property => ToObject(property.Value));

    private static JsonNode? ToNode(object? value) => value switch
    {
        null => null,
        string text => text,
        bool truth => truth,
        DateTime time => new JsonObject { [Time] = time.ToString("o", CultureInfo.InvariantCulture) },
        DateTimeOffset time => new JsonObject { [TimeWithOffset] = time.ToString("o", CultureInfo.InvariantCulture) },
        JsonElement json => JsonSerializer.SerializeToNode(json),
        IDictionary<string, object?> members => new JsonObject(members.Select(member => KeyValuePair.Create(member.Key, ToNode(member.Value)))),
        IEnumerable items => new JsonArray([.. items.Cast<object?>().Select(ToNode)]),
        float or double or decimal or byte or sbyte or short or ushort or int or uint or long or ulong => ToNumber(value),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture),
    };

    private static JsonNode ToNumber(object value) =>
        Convert.ToDouble(value, CultureInfo.InvariantCulture) is var number && double.IsFinite(number)
            ? JsonSerializer.SerializeToNode(value)!
            : number.ToString(CultureInfo.InvariantCulture);

    private static object? ToObject(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => null,
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Number => value.GetDouble(),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Array => value.EnumerateArray().Select(ToObject).ToList(),
        _ => ToTime(value) ?? value.EnumerateObject().ToDictionary(member => member.Name, member => ToObject(member.Value)),
    };

    private static object? ToTime(JsonElement value) =>
        value.TryGetProperty(Time, out var time) ? DateTime.Parse(time.GetString()!, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind)
        : value.TryGetProperty(TimeWithOffset, out var offset) ? DateTimeOffset.Parse(offset.GetString()!, CultureInfo.InvariantCulture)
        : null;
}
