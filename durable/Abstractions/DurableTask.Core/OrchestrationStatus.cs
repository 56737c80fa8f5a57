namespace DurableTask.Core;

/// <summary>Where an instance stands, in histories. Clients see <see cref="Microsoft.DurableTask.Client.OrchestrationRuntimeStatus"/>.</summary>
public enum OrchestrationStatus
{
    /// <summary>It has begun and has not ended.</summary>
    Running,

    /// <summary>It returned.</summary>
    Completed,

    /// <summary>It begins anew.</summary>
    ContinuedAsNew,

    /// <summary>It threw.</summary>
    Failed,

    /// <summary>Not in use.</summary>
    Canceled,

    /// <summary>A client ended it.</summary>
    Terminated,

    /// <summary>It has been accepted and has not begun.</summary>
    Pending,

    /// <summary>A client holds it until it is resumed.</summary>
    Suspended,
}
