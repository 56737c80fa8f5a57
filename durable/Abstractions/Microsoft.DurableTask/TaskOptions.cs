namespace Microsoft.DurableTask;

/// <summary>Options of a call of an activity or sub-orchestration.</summary>
public record TaskOptions
{
    /// <summary>Makes options with retries.</summary>
    /// <param name="retry">How a failed task is tried again; <c>null</c>: not at all.</param>
    public TaskOptions(TaskRetryOptions? retry)
        : this(retry, null)
    {
    }

    /// <summary>Makes options with retries and tags.</summary>
    /// <param name="retry">How a failed task is tried again; <c>null</c>: not at all.</param>
    /// <param name="tags">Tags of the task.</param>
    public TaskOptions(TaskRetryOptions? retry = default, IDictionary<string, string>? tags = default)
    {
        Retry = retry;
        Tags = tags;
    }

    /// <summary>Copies options.</summary>
    /// <param name="options">The options to copy.</param>
    public TaskOptions(TaskOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        Retry = options.Retry;
        Tags = options.Tags;
        Version = options.Version;
    }

    /// <summary>How a failed task is tried again; <c>null</c>: not at all.</summary>
    public TaskRetryOptions? Retry { get; init; }

    /// <summary>Tags of the task.</summary>
    public IDictionary<string, string>? Tags { get; init; }

    /// <summary>The version of the task; <c>null</c>: the version of the instance that calls it.</summary>
    public TaskVersion? Version { get; init; }

    /// <summary>Options that retry by a policy.</summary>
    /// <param name="policy">The policy.</param>
    /// <returns>The options.</returns>
    public static TaskOptions FromRetryPolicy(RetryPolicy policy) => new(policy);

    /// <summary>Options that retry by a handler.</summary>
    /// <param name="handler">The handler.</param>
    /// <returns>The options.</returns>
    public static TaskOptions FromRetryHandler(AsyncRetryHandler handler) => new(handler);

    /// <summary>Options that retry by a handler.</summary>
    /// <param name="handler">The handler.</param>
    /// <returns>The options.</returns>
    public static TaskOptions FromRetryHandler(RetryHandler handler) => new(handler);

    /// <summary>These options, for a sub-orchestration of a given id.</summary>
    /// <param name="instanceId">The id of the sub-orchestration.</param>
    /// <returns>The options.</returns>
    public SubOrchestrationOptions WithInstanceId(string instanceId) => new(this, instanceId);
}
