using Orchestrator.Simulator.Store;

namespace Orchestrator.Simulator.Controllers;

/// <summary>Brings objects of one kind where they should be, from what the store says now and not from what happened.</summary>
/// <remarks>All state is in the store; what a controller remembers only delays it, so a restarted cluster goes on where it was.</remarks>
internal abstract class Controller
{
    /// <summary>Everything to look at when the cluster starts.</summary>
    public abstract IEnumerable<ObjectKey> All();

    /// <summary>What to look at again after a change, and how long after it.</summary>
    public abstract IEnumerable<(ObjectKey Key, TimeSpan After)> Wakes(ClusterEvent change);

    /// <summary>Does what is next for one object.</summary>
    /// <returns>When to look again without any change; null for never.</returns>
    public abstract TimeSpan? Reconcile(ObjectKey key);
}
