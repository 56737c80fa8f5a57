using System.Text.Json;
using Microsoft.DurableTask;

namespace Orchestrator.Durable.Engine.History;

/// <summary>Between failures as they are stored and as the app sees them.</summary>
internal static class FailureConversion
{
    extension(Failure failure)
    {
        public static Failure From(Exception exception) => From(TaskFailureDetails.FromException(exception));

        public static Failure From(TaskFailureDetails details) => new(details.ErrorType, details.ErrorMessage)
        {
            StackTrace = details.StackTrace,
            Inner = details.InnerFailure is { } inner ? From(inner) : null,
            Properties = details.Properties?.ToDictionary(property => property.Key, property => JsonSerializer.SerializeToElement(property.Value)),
        };

        public TaskFailureDetails ToDetails() => new(
            failure.ErrorType,
            failure.Message,
            failure.StackTrace,
            failure.Inner?.ToDetails(),
            failure.Properties?.ToDictionary(property => property.Key, property => ToObject(property.Value)));
    }

    private static object? ToObject(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => null,
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Number => value.TryGetInt64(out var number) ? number : value.GetDouble(),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Array => value.EnumerateArray().Select(ToObject).ToList(),
        _ => value.EnumerateObject().ToDictionary(member => member.Name, member => ToObject(member.Value)),
    };
}
