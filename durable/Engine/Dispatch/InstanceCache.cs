using Orchestrator.Durable.Engine.History;
using Orchestrator.Durable.Engine.Replay;

namespace Orchestrator.Durable.Engine.Dispatch;

/// <summary>
/// The instances whose histories stay in memory between turns, the one that had its turn last at the end. Not thread-safe: its owner locks.
/// </summary>
/// <param name="limit">About how many bytes the histories may take.</param>
/// <param name="time">Tells how long an instance has had no turn.</param>
internal sealed class InstanceCache(long limit, TimeProvider time)
{
    private readonly LinkedList<LiveInstance> instances = [];
    private long bytes;

    /// <summary>Keeps an instance as its last turn left it; returns those that had to make room.</summary>
    public IReadOnlyList<LiveInstance> Keep(LiveInstance instance, InstanceState state)
    {
        Remove(instance);
        instance.State = state;
        instance.LastUsed = time.GetTimestamp();
        instance.Bytes = HistorySize.Of(state.History);
        instance.Cached = instances.AddLast(instance);
        bytes += instance.Bytes;
        List<LiveInstance> evicted = [];
        for (var node = instances.First; node is not null && bytes > limit;)
        {
            var (oldest, following) = (node.Value, node.Next);
            if (!oldest.IsBusy)
            {
                Evict(oldest);
                evicted.Add(oldest);
            }

            node = following;
        }

        return evicted;
    }

    /// <summary>Takes an instance out, with its history and its code.</summary>
    public void Evict(LiveInstance instance)
    {
        Remove(instance);
        instance.State = null;
        instance.EndSession();
    }

    /// <summary>Takes an instance out whose code may be running.</summary>
    public void Remove(LiveInstance instance)
    {
        if (instance.Cached is not { } node)
            return;
        instances.Remove(node);
        bytes -= instance.Bytes;
        instance.Cached = null;
    }

    /// <summary>Lets the code of instances go that have had no turn for a time.</summary>
    public void EndIdleSessions(TimeSpan idle)
    {
        for (var node = instances.First; node is not null && time.GetElapsedTime(node.Value.LastUsed) >= idle; node = node.Next)
        {
            if (!node.Value.IsBusy)
                node.Value.EndSession();
        }
    }
}
