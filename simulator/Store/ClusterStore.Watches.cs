using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Orchestrator.Simulator;

public sealed partial class ClusterStore
{
    private readonly List<ClusterEvent> events = [];
    private readonly List<ClusterSubscription> subscribers = [];
    private readonly int historyLimit;
    private long version;

    /// <summary>Calls a handler for every change from now on, one at a time and in order, outside the store's lock: it may read and write.</summary>
    /// <returns>Ends the subscription when it is disposed.</returns>
    public IDisposable Subscribe(Action<ClusterEvent> handler)
    {
        var subscription = Open(since: null);
        _ = Task.Run(async () =>
        {
            await foreach (var change in subscription.Reader.ReadAllAsync())
                try
                {
                    handler(change);
                }
                catch (Exception failure)
                {
                    SubscriberFailed(logger, failure, change.Kind, change.Type, change.Object.Name);
                }
        });
        return subscription;
    }

    /// <summary>Opens a stream of changes.</summary>
    /// <param name="since">The version to go on from; null for the current one.</param>
    /// <exception cref="KubeException">410 when changes after that version are forgotten.</exception>
    internal ClusterSubscription Open(long? since)
    {
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(disposed, this);
            if (since is { } from) RequireRemembered(from);
            var subscription = new ClusterSubscription(Close);
            foreach (var change in events.Where(change => change.ResourceVersion > (since ?? version))) subscription.Write(change);
            subscribers.Add(subscription);
            return subscription;
        }
    }

    private void RequireRemembered(long since)
    {
        var oldest = events.Count > 0 ? events[0].ResourceVersion : version + 1;
        if (since < oldest - 1) throw KubeException.Expired(since, oldest - 1);
    }

    private void Close(ClusterSubscription subscription)
    {
        lock (gate) subscribers.Remove(subscription);
    }

    private void Publish(ClusterEvent change)
    {
        events.Add(change);
        // In blocks, because each trim is a write of its own.
        if (events.Count >= historyLimit + Math.Max(1, historyLimit / 4))
        {
            events.RemoveRange(0, events.Count - historyLimit);
            database.Trim(events[0].ResourceVersion - 1);
        }
        foreach (var subscriber in subscribers) subscriber.Write(change);
    }

    [LoggerMessage(LogLevel.Error, "A subscriber failed on {Kind} of {Type} {Name}; it is told of the next change.")]
    private static partial void SubscriberFailed(ILogger logger, Exception failure, ClusterEventKind kind, ResourceType type, string name);
}

/// <summary>The changes of a cluster as a stream that never slows the writers down.</summary>
internal sealed class ClusterSubscription(Action<ClusterSubscription> close) : IDisposable
{
    private readonly Channel<ClusterEvent> channel = Channel.CreateUnbounded<ClusterEvent>(new() { SingleReader = true });

    /// <summary>The changes, in order; completed once the subscription is disposed.</summary>
    public ChannelReader<ClusterEvent> Reader => channel.Reader;

    public void Write(ClusterEvent change) => channel.Writer.TryWrite(change);

    public void Dispose()
    {
        close(this);
        channel.Writer.TryComplete();
    }
}
