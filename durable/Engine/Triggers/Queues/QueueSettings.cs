namespace Orchestrator.Durable.Engine.Triggers.Queues;

/// <summary>The section <c>extensions.queues</c> of <c>host.json</c>.</summary>
public sealed record QueueSettings
{
    /// <summary>The most messages that Azure Storage hands out in one request.</summary>
    public const int LargestBatch = 32;

    private const string Section = "extensions:queues:";
    private static readonly TimeSpan ShortestPolling = TimeSpan.FromMilliseconds(100);
    private static readonly Dictionary<string, bool> Encodings = new(StringComparer.OrdinalIgnoreCase) { ["base64"] = true, ["none"] = false };

    /// <summary>The longest pause between two looks at an empty queue; default 1 minute, at least 100 ms.</summary>
    public TimeSpan MaxPollingInterval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How long a message whose function failed stays out of sight; default none.</summary>
    public TimeSpan VisibilityTimeout { get; init; } = TimeSpan.Zero;

    /// <summary>How many messages are taken at once; default 16, at most 32.</summary>
    public int BatchSize { get; init; } = 16;

    /// <summary>At how many messages in work the next batch is taken; default half of a batch for each core.</summary>
    public int NewBatchThreshold { get; init; } = Environment.ProcessorCount * 16 / 2;

    /// <summary>How often a message is tried before it goes to the poison queue, the first time included; default 5.</summary>
    public int MaxDequeueCount { get; init; } = 5;

    /// <summary>Whether the text of a message is Base64, which is the default, or plain.</summary>
    public bool IsBase64 { get; init; } = true;

    internal static QueueSettings Read(HostJsonReader file)
    {
        var defaults = new QueueSettings();
        var batch = file.Count(Section + "batchSize", most: LargestBatch) ?? defaults.BatchSize;
        return new()
        {
            MaxPollingInterval = file.Time(Section + "maxPollingInterval", ShortestPolling) ?? defaults.MaxPollingInterval,
            VisibilityTimeout = file.Time(Section + "visibilityTimeout", TimeSpan.Zero) ?? defaults.VisibilityTimeout,
            BatchSize = batch,
            NewBatchThreshold = file.Count(Section + "newBatchThreshold", least: 0) ?? Environment.ProcessorCount * batch / 2,
            MaxDequeueCount = file.Count(Section + "maxDequeueCount") ?? defaults.MaxDequeueCount,
            IsBase64 = file.Choice(Section + "messageEncoding", Encodings) ?? defaults.IsBase64,
        };
    }
}
