using System.Globalization;
using System.Reflection;
using System.Text.Json;

namespace Orchestrator.Durable.Engine.Triggers;

/// <summary>Turns a text of a request into a value, by the invariant culture.</summary>
/// <param name="Parse">The value, or <c>null</c> when the text is not one.</param>
/// <param name="Expects">What the text should be, for people.</param>
internal sealed record TextParser(Func<string, object?> Parse, string Expects)
{
    private const DateTimeStyles Utc = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;

    private static readonly MethodInfo Generic = typeof(TextParser).GetMethod(nameof(ParseAs), BindingFlags.NonPublic | BindingFlags.Static)!;

    /// <summary>The parser of a type, or <c>null</c> when no text can become it.</summary>
    internal static TextParser? For(Type type)
    {
        if (type == typeof(string))
        {
            return new(static text => text, "a text");
        }

        // A time without an offset means UTC on every machine.
        if (type == typeof(DateTime))
        {
            return new(
                static text => DateTime.TryParse(text, CultureInfo.InvariantCulture, Utc, out var time) ? time : null,
                "a time such as 2026-01-31T12:00:00Z");
        }

        if (type == typeof(DateTimeOffset))
        {
            return new(
                static text => DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, Utc, out var time) ? time : null,
                "a time such as 2026-01-31T12:00:00Z");
        }

        if (type.IsEnum)
        {
            return new(
                text => Enum.TryParse(type, text, ignoreCase: true, out var value) && Enum.IsDefined(type, value) ? value : null,
                $"one of {string.Join(", ", Enum.GetNames(type))}");
        }

        if (type.IsAssignableFrom(typeof(Dictionary<string, string>)) && type != typeof(object))
        {
            return new(static text => ParseObject(text), "a JSON object of texts");
        }

        var parsable = Array.Exists(
            type.GetInterfaces(), each => each.IsGenericType && each.GetGenericTypeDefinition() == typeof(IParsable<>));
        return type.IsValueType && parsable
            ? new(Generic.MakeGenericMethod(type).CreateDelegate<Func<string, object?>>(), Describe(type))
            : null;
    }

    private static object? ParseAs<T>(string text)
        where T : struct, IParsable<T> => T.TryParse(text, CultureInfo.InvariantCulture, out var value) ? value : null;

    private static Dictionary<string, string>? ParseObject(string text)
    {
        try
        {
            return JsonSerializer.Deserialize<Dictionary<string, string>>(text);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string Describe(Type type) => Type.GetTypeCode(type) switch
    {
        TypeCode.Boolean => "true or false",
        TypeCode.Single or TypeCode.Double or TypeCode.Decimal => "a number",
        >= TypeCode.SByte and <= TypeCode.UInt64 => "a whole number",
        _ => $"a {type.Name}",
    };
}
