using Orchestrator.Durable.Engine.Replay;
using Orchestrator.Durable.Engine.Store;

namespace Orchestrator.Durable.Engine.Dispatch;

/// <summary>An instance in memory: the messages that wait for its next turn, and what is kept of it between turns.</summary>
internal sealed class LiveInstance(long key)
{
    public long Key => key;

    public List<Message> Mailbox { get; set; } = [];

    /// <summary>Whether a turn is queued, runs, or waits for its commit: there is one at a time.</summary>
    public bool IsBusy { get; set; }

    /// <summary>The state after the last commit; null when it must be read from the store.</summary>
    public InstanceState? State { get; set; }

    /// <summary>The live code in its waits, when extended sessions keep it; null when it is replayed.</summary>
    public Session? Session { get; set; }

    /// <summary>When its last turn ended; see <see cref="TimeProvider.GetTimestamp"/>.</summary>
    public long LastUsed { get; set; }

    /// <summary>Its place among the instances kept in memory.</summary>
    public LinkedListNode<LiveInstance>? Cached { get; set; }

    /// <summary>About how much memory <see cref="State"/> takes.</summary>
    public long Bytes { get; set; }

    public void EndSession()
    {
        Session?.Dispose();
        Session = null;
    }
}
