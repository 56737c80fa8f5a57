namespace Orchestrator.Durable.Engine.Store;

/// <summary>What an operation lets loose once its commit is on the disk, and not before.</summary>
internal sealed class CommitEffects
{
    /// <summary>Messages to deliver or, when due later, to set a timer for.</summary>
    public List<Message> Messages { get; } = [];

    /// <summary>Activities to run.</summary>
    public List<ScheduledActivity> Activities { get; } = [];

    /// <summary>Instances whose status row changed.</summary>
    public List<string> Changed { get; } = [];

    /// <summary>Keys of instances that no longer exist, or whose state in memory is outdated.</summary>
    public List<long> Removed { get; } = [];

    public void Clear()
    {
        Messages.Clear();
        Activities.Clear();
        Changed.Clear();
        Removed.Clear();
    }
}
