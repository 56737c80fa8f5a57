namespace Microsoft.DurableTask.Client;

/// <summary>Where an instance stands.</summary>
public enum OrchestrationRuntimeStatus
{
    /// <summary>It has begun and has not ended.</summary>
    Running,

    /// <summary>It returned.</summary>
    Completed,

    /// <summary>It begins anew; only older stores show it.</summary>
    [Obsolete("No instance shows this status any more: one that continues as new is Running.")]
    ContinuedAsNew,

    /// <summary>It threw.</summary>
    Failed,

    /// <summary>Not in use.</summary>
    [Obsolete("No instance has this status: one that was ended is Terminated.")]
    Canceled,

    /// <summary>A client ended it.</summary>
    Terminated,

    /// <summary>It has been accepted and has not begun.</summary>
    Pending,

    /// <summary>A client holds it until it is resumed.</summary>
    Suspended,
}
