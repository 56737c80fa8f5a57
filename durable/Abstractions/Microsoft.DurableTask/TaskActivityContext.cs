namespace Microsoft.DurableTask;

/// <summary>What an activity knows of the call.</summary>
public abstract class TaskActivityContext
{
    /// <summary>The name of the activity.</summary>
    public abstract TaskName Name { get; }

    /// <summary>The id of the orchestration that called it.</summary>
    public abstract string InstanceId { get; }

    /// <summary>The version of the call; empty when there is none.</summary>
    public virtual string Version => string.Empty;
}
