using System.Reflection;
using System.Text.Json;
using Microsoft.Azure.Functions.Worker;

namespace Orchestrator.Durable.Engine.Triggers.Queues;

/// <summary>Makes what a queue function takes from the body of a message: text, bytes, or an object from JSON.</summary>
internal sealed class QueueMessageReader(Type type)
{
    /// <summary>The reader for the parameter that bears the trigger.</summary>
    public static QueueMessageReader Of(MethodInfo method) =>
        new(method.GetParameters().Single(parameter => parameter.IsDefined(typeof(QueueTriggerAttribute))).ParameterType);

    /// <exception cref="JsonException">The body is not the JSON that is needed.</exception>
    public object? Read(BinaryData body) => type switch
    {
        _ when type == typeof(string) => body.ToString(),
        _ when type == typeof(byte[]) => body.ToArray(),
        _ when type == typeof(BinaryData) => body,
        _ => JsonSerializer.Deserialize(body, type, JsonSerializerOptions.Web),
    };
}
