using System.Collections.Immutable;

namespace Microsoft.DurableTask;

/// <summary>Options of the start of an orchestration.</summary>
public record StartOrchestrationOptions
{
    /// <summary>Makes options.</summary>
    /// <param name="InstanceId">The instance id; <c>null</c>: a new one.</param>
    /// <param name="StartAt">When it begins; <c>null</c> or a past time: at once.</param>
    public StartOrchestrationOptions(string? InstanceId = default, DateTimeOffset? StartAt = default)
    {
        this.InstanceId = InstanceId;
        this.StartAt = StartAt;
    }

    /// <summary>Copies options.</summary>
    /// <param name="options">The options to copy.</param>
    public StartOrchestrationOptions(StartOrchestrationOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        InstanceId = options.InstanceId;
        StartAt = options.StartAt;
        Tags = options.Tags;
        Version = options.Version;
        DedupeStatuses = options.DedupeStatuses;
    }

    /// <summary>The instance id; <c>null</c>: a new one.</summary>
    public string? InstanceId { get; init; }

    /// <summary>When it begins; <c>null</c> or a past time: at once.</summary>
    public DateTimeOffset? StartAt { get; init; }

    /// <summary>Tags of the instance; they survive ContinueAsNew.</summary>
    public IReadOnlyDictionary<string, string> Tags { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>The version of the instance; <c>null</c>: the default version.</summary>
    public TaskVersion? Version { get; init; }

    /// <summary>
    /// The statuses in which an instance of the same id makes the start fail, by name; in any other it is replaced.
    /// <c>null</c>: the host's rule. Set by <c>WithDedupeStatuses</c>.
    /// </summary>
    public IReadOnlyList<string>? DedupeStatuses { get; init; }
}
