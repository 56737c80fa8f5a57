namespace Microsoft.DurableTask;

/// <summary>Options of a call of a sub-orchestration.</summary>
public record SubOrchestrationOptions : TaskOptions
{
    /// <summary>Makes options.</summary>
    /// <param name="retry">How a failed sub-orchestration is tried again; <c>null</c>: not at all.</param>
    /// <param name="instanceId">Its instance id; <c>null</c>: a new one.</param>
    public SubOrchestrationOptions(TaskRetryOptions? retry = default, string? instanceId = default)
        : base(retry) => InstanceId = instanceId;

    /// <summary>Makes options out of those of a task.</summary>
    /// <param name="options">The options to copy.</param>
    /// <param name="instanceId">The instance id; <c>null</c>: that of <paramref name="options"/>, if it has one.</param>
    public SubOrchestrationOptions(TaskOptions options, string? instanceId = default)
        : base(options) => InstanceId = instanceId ?? (options as SubOrchestrationOptions)?.InstanceId;

    /// <summary>Copies options.</summary>
    /// <param name="options">The options to copy.</param>
    public SubOrchestrationOptions(SubOrchestrationOptions options)
        : base(options) => InstanceId = options.InstanceId;

    /// <summary>The instance id of the sub-orchestration; <c>null</c>: a new one.</summary>
    public string? InstanceId { get; init; }

    /// <summary>The version of the sub-orchestration; <c>null</c>: the default version.</summary>
    public new TaskVersion? Version
    {
        get => base.Version;
        init => base.Version = value;
    }
}
