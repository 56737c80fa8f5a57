using System.Collections;
using System.Collections.Concurrent;
using System.Text.Json;
using Azure;
using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;
using Microsoft.Azure.Functions.Worker;

namespace Orchestrator.Durable.Engine.Triggers.Queues;

/// <summary>Sends what functions return to the queues of their <c>[QueueOutput]</c>: text as it is, all else as JSON, a list one by one.</summary>
internal sealed class QueueOutputs(QueueClients clients, FunctionSettings settings)
{
    private static readonly TimeSpan NeverExpires = TimeSpan.FromSeconds(-1);
    private readonly ConcurrentDictionary<(string Queue, string? Connection), QueueClient> queues = [];

    /// <summary>Sends the result of a function, and those of its properties that go to queues.</summary>
    /// <returns>Whether all of the result went there, so that nothing of it is an answer.</returns>
    public async Task<bool> SendAsync(FunctionMethod function, object? result)
    {
        if (function.ResultQueue is { } whole)
        {
            await SendAsync(whole, result);
            return true;
        }

        foreach (var (property, output) in function.PropertyQueues)
            await SendAsync(output, result is null ? null : property.GetValue(result));
        return false;
    }

    private async Task SendAsync(QueueOutputAttribute output, object? value)
    {
        if (value is null)
            return;
        var queue = queues.GetOrAdd((output.QueueName, output.Connection), key => clients.Open(settings.Resolve(key.Queue), key.Connection));
        foreach (var message in value is IEnumerable list and not (string or byte[] or BinaryData) ? list.Cast<object>() : [value])
            await SendAsync(queue, Body(message));
    }

    private static async Task SendAsync(QueueClient queue, BinaryData body)
    {
        try
        {
            await queue.SendMessageAsync(body, timeToLive: NeverExpires);
        }
        catch (RequestFailedException e) when (e.ErrorCode == QueueErrorCode.QueueNotFound)
        {
            await queue.CreateIfNotExistsAsync();
            await queue.SendMessageAsync(body, timeToLive: NeverExpires);
        }
    }

    private static BinaryData Body(object message) => message switch
    {
        BinaryData data => data,
        byte[] bytes => BinaryData.FromBytes(bytes),
        string text => BinaryData.FromString(text),
        _ => BinaryData.FromBytes(JsonSerializer.SerializeToUtf8Bytes(message, message.GetType(), JsonSerializerOptions.Web)),
    };
}
