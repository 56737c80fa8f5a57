using Microsoft.DurableTask;

namespace Orchestrator.Durable.Engine.Dispatch;

/// <summary>What an activity sees of its call.</summary>
internal sealed class ActivityContext(TaskName name, string instanceId, string version, CancellationToken cancellationToken) : TaskActivityContext
{
    public override TaskName Name => name;

    public override string InstanceId => instanceId;

    public override string Version => version;

    /// <summary>Cancelled when the host stops; the activity is then repeated at the next start.</summary>
    public CancellationToken CancellationToken => cancellationToken;
}
