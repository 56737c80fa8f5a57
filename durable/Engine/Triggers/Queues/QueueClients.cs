using Azure.Core;
using Azure.Storage.Queues;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace Orchestrator.Durable.Engine.Triggers.Queues;

/// <summary>
/// Opens queues as the settings say: <c>NAME</c> is a connection string or <c>UseDevelopmentStorage=true</c>; else <c>NAME__queueServiceUri</c> is
/// the address of the account's queues, which the host's identity opens.
/// </summary>
/// <param name="configuration">The settings.</param>
/// <param name="settings">How messages are encoded.</param>
/// <param name="identity">The host's identity; null when it has none.</param>
/// <param name="logger">Told of messages that cannot be decoded.</param>
internal sealed partial class QueueClients(
    IConfiguration configuration, QueueSettings settings, TokenCredential? identity, ILogger<QueueClients> logger)
{
    private const string DefaultConnection = "AzureWebJobsStorage";
    private const string PoisonSuffix = "-poison";

    /// <summary>Why there are no queues at a connection, in words; null when the settings say where they are.</summary>
    public string? WhyNone(string? connection)
    {
        var name = connection ?? DefaultConnection;
        if (configuration[name] is { Length: > 0 })
            return null;
        return configuration[$"{name}:queueServiceUri"] is not { Length: > 0 } ? $"set '{name}' or '{name}__queueServiceUri'."
            : identity is null ? $"'{name}__queueServiceUri' needs an identity, and this host has none: set '{name}'." : null;
    }

    /// <summary>Opens a queue; does not ask the service.</summary>
    /// <exception cref="InvalidOperationException">The settings do not say where it is.</exception>
    public QueueClient Open(string queue, string? connection)
    {
        if (WhyNone(connection) is { } reason)
            throw new InvalidOperationException($"Queue '{queue}' cannot be reached: {reason}");
        var name = connection ?? DefaultConnection;
        return configuration[name] is { Length: > 0 } connectionString
            ? new(connectionString, queue, Options(connectionString, queue))
            : new(new Uri($"{configuration[$"{name}:queueServiceUri"]!.TrimEnd('/')}/{queue}"), identity!, Options(null, queue));
    }

    /// <summary>The queue that takes what a queue's function cannot work on.</summary>
    public QueueClient OpenPoison(string queue, string? connection) => Open(queue + PoisonSuffix, connection);

    private QueueClientOptions Options(string? connectionString, string queue)
    {
        var options = new QueueClientOptions { MessageEncoding = settings.IsBase64 ? QueueMessageEncoding.Base64 : QueueMessageEncoding.None };
        options.MessageDecodingFailed += async args =>
        {
            // Without this, one message that is not Base64 would keep its whole batch from being read.
            if (args.ReceivedMessage is not { } message)
                return;
            Undecodable(logger, message.MessageId, queue);
            var raw = new QueueClientOptions { MessageEncoding = QueueMessageEncoding.None };
            var poison = connectionString is not null
                ? new QueueClient(connectionString, queue + PoisonSuffix, raw)
                : new QueueClient(new Uri(args.Queue.Uri + PoisonSuffix), identity!, raw);
            await poison.CreateIfNotExistsAsync(cancellationToken: args.CancellationToken);
            await poison.SendMessageAsync(message.Body, timeToLive: TimeSpan.FromSeconds(-1), cancellationToken: args.CancellationToken);
            await args.Queue.DeleteMessageAsync(message.MessageId, message.PopReceipt, args.CancellationToken);
        };
        return options;
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Message {MessageId} of {Queue} is poison: not Base64 (messageEncoding of host.json)")]
    private static partial void Undecodable(ILogger logger, string messageId, string queue);
}
