using System.Reflection;
using System.Text.Json;
using Azure.Storage.Queues.Models;
using Microsoft.Azure.Functions.Worker;

namespace Orchestrator.Durable.Engine.Triggers.Queues;

/// <summary>Makes what a queue function takes of a message: the whole of it, its text or bytes, or an object from its JSON.</summary>
internal sealed class QueueMessageReader(Type type)
{
    /// <summary>The reader for the parameter that bears the trigger.</summary>
    public static QueueMessageReader Of(MethodInfo method) =>
        new(method.GetParameters().Single(parameter => parameter.IsDefined(typeof(QueueTriggerAttribute))).ParameterType);

    /// <exception cref="JsonException">The body is not the JSON that is needed.</exception>
    public object? Read(QueueMessage message) => type switch
    {
        _ when type == typeof(QueueMessage) => message,
        _ when type == typeof(string) => message.Body.ToString(),
        _ when type == typeof(byte[]) => message.Body.ToArray(),
        _ when type == typeof(BinaryData) => message.Body,
        _ => JsonSerializer.Deserialize(message.Body, type, JsonSerializerOptions.Web),
    };
}
