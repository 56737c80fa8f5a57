namespace Microsoft.DurableTask;

/// <summary>An orchestrator as a host sees it, without its types.</summary>
public interface ITaskOrchestrator
{
    /// <summary>The type of its input.</summary>
    Type InputType { get; }

    /// <summary>The type of its result.</summary>
    Type OutputType { get; }

    /// <summary>Runs it.</summary>
    /// <param name="context">The orchestration.</param>
    /// <param name="input">The input, of <see cref="InputType"/>.</param>
    /// <returns>The result, of <see cref="OutputType"/>.</returns>
    Task<object?> RunAsync(TaskOrchestrationContext context, object? input);
}
