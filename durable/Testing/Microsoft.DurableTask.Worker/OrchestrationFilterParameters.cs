namespace Microsoft.DurableTask.Worker;

/// <summary>What an <see cref="IOrchestrationFilter"/> knows of an orchestration.</summary>
public struct OrchestrationFilterParameters
{
    /// <summary>The name of the orchestrator.</summary>
    public string? Name { get; init; }

    /// <summary>The tags given at the start.</summary>
    public IReadOnlyDictionary<string, string>? Tags { get; init; }
}
