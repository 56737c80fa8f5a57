using Azure;
using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;
using Microsoft.Extensions.Logging;

namespace Orchestrator.Durable.Engine.Triggers.Queues;

/// <summary>Takes messages from a queue and gives them to its function, so many at a time.</summary>
/// <param name="name">The function.</param>
/// <param name="queue">Its queue.</param>
/// <param name="poison">Takes what failed too often.</param>
/// <param name="run">Runs the function on a message.</param>
/// <param name="settings">How many, how often, how long.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Told of what fails.</param>
internal sealed partial class QueueListener(
    string name,
    QueueClient queue,
    QueueClient poison,
    Func<QueueMessage, CancellationToken, Task> run,
    QueueSettings settings,
    TimeProvider time,
    ILogger logger)
{
    // As long as a message is worked on, it is kept out of others' sight by renewing this; the message of a killed host comes back when it is over.
    // The genuine host takes ten minutes, which is how long a command would be held up by a crash.
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan RenewAfter = Lease / 2;

    private readonly PollingPause pause = new(settings.MaxPollingInterval, Random.Shared);
    private readonly HashSet<Task> working = [];

    /// <summary>Works until it is stopped, then waits for what it has begun.</summary>
    public async Task ListenAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                if (await TakeAsync(stopping) == 0)
                    await Task.Delay(pause.Next(), time, stopping);
                else
                    pause.Reset();
                while (working.Count > settings.NewBatchThreshold)
                    working.Remove(await Task.WhenAny(working));
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                break;
            }
            catch (Exception e) when (e is RequestFailedException or AggregateException or IOException)
            {
                Unreachable(logger, queue.Name, e.Message);
                await Task.Delay(pause.Next(), time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }

        await Task.WhenAll(working);
    }

    private async Task<int> TakeAsync(CancellationToken stopping)
    {
        QueueMessage[] messages;
        try
        {
            messages = await queue.ReceiveMessagesAsync(Math.Min(settings.BatchSize, QueueSettings.LargestBatch), Lease, stopping);
        }
        catch (RequestFailedException e) when (e.ErrorCode == QueueErrorCode.QueueNotFound)
        {
            await queue.CreateIfNotExistsAsync(cancellationToken: stopping);
            return 0;
        }

        foreach (var message in messages)
            working.Add(WorkAsync(message, stopping));
        working.RemoveWhere(task => task.IsCompleted);
        return messages.Length;
    }

    private async Task WorkAsync(QueueMessage message, CancellationToken stopping)
    {
        using var done = new CancellationTokenSource();
        var renewal = RenewAsync(message, done.Token);
        Exception? failure = null;
        try
        {
            await run(message, stopping);
        }
        catch (Exception e)
        {
            failure = e;
        }

        await done.CancelAsync();
        try
        {
            await SettleAsync(message, await renewal, failure, stopping);
        }
        catch (RequestFailedException e)
        {
            // It comes back when its lease is over, and is worked on again.
            Unsettled(logger, message.MessageId, queue.Name, e.Message);
        }
    }

    private async Task SettleAsync(QueueMessage message, string receipt, Exception? failure, CancellationToken stopping)
    {
        if (failure is null)
        {
            await queue.DeleteMessageAsync(message.MessageId, receipt, CancellationToken.None);
            return;
        }

        if (stopping.IsCancellationRequested)
        {
            // The stop may be what it failed from: the next host works on it at once.
            await queue.UpdateMessageAsync(message.MessageId, receipt, visibilityTimeout: TimeSpan.Zero, cancellationToken: CancellationToken.None);
            return;
        }

        RunFailed(logger, name, message.MessageId, message.DequeueCount, settings.MaxDequeueCount, failure);
        if (message.DequeueCount < settings.MaxDequeueCount)
        {
            await queue.UpdateMessageAsync(
                message.MessageId, receipt, visibilityTimeout: settings.VisibilityTimeout, cancellationToken: CancellationToken.None);
            return;
        }

        await poison.CreateIfNotExistsAsync(cancellationToken: CancellationToken.None);
        await poison.SendMessageAsync(message.Body, timeToLive: TimeSpan.FromSeconds(-1), cancellationToken: CancellationToken.None);
        await queue.DeleteMessageAsync(message.MessageId, receipt, CancellationToken.None);
        Poisoned(logger, message.MessageId, poison.Name);
    }

    /// <summary>Keeps a message out of sight while it is worked on; returns the receipt that counts at the end.</summary>
    private async Task<string> RenewAsync(QueueMessage message, CancellationToken done)
    {
        var receipt = message.PopReceipt;
        while (true)
        {
            try
            {
                await Task.Delay(RenewAfter, time, done);
                UpdateReceipt renewed = await queue.UpdateMessageAsync(
                    message.MessageId, receipt, visibilityTimeout: Lease, cancellationToken: CancellationToken.None);
                receipt = renewed.PopReceipt;
            }
            catch (OperationCanceledException)
            {
                return receipt;
            }
            catch (RequestFailedException e)
            {
                Unsettled(logger, message.MessageId, queue.Name, e.Message);
                return receipt;
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Queue {Queue} cannot be read ({Error}); it is tried again")]
    private static partial void Unreachable(ILogger logger, string queue, string error);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Message {MessageId} of queue {Queue} is not settled ({Error}); it may be worked on again")]
    private static partial void Unsettled(ILogger logger, string messageId, string queue, string error);

    [LoggerMessage(Level = LogLevel.Error, Message = "Queue function {Function} failed on message {MessageId}, attempt {Attempt} of {Most}")]
    private static partial void RunFailed(ILogger logger, string function, string messageId, long attempt, int most, Exception error);

    [LoggerMessage(Level = LogLevel.Error, Message = "Message {MessageId} failed too often and is in queue {Poison}")]
    private static partial void Poisoned(ILogger logger, string messageId, string poison);
}
