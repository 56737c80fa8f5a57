namespace Orchestrator.Durable.Engine.Triggers;

/// <summary>The section <c>extensions.durableTask</c> of <c>host.json</c>, as far as the embedded host uses it.</summary>
public sealed record DurableTaskSettings
{
    // The default of the genuine host in a dedicated plan.
    private static readonly int TenPerCore = 10 * Environment.ProcessorCount;

    /// <summary>The name of the task hub; <c>null</c> when the file does not say. The embedded host has one hub, its store.</summary>
    public string? HubName { get; init; }

    /// <summary>How many activities run at once; default 10 per core.</summary>
    public int MaxConcurrentActivityFunctions { get; init; } = TenPerCore;

    /// <summary>How many orchestrators run at once; default 10 per core.</summary>
    public int MaxConcurrentOrchestratorFunctions { get; init; } = TenPerCore;
}
