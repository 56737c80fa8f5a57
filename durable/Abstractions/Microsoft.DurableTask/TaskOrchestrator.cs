namespace Microsoft.DurableTask;

/// <summary>An orchestrator written as a class.</summary>
/// <typeparam name="TInput">The type of its input.</typeparam>
/// <typeparam name="TOutput">The type of its result.</typeparam>
public abstract class TaskOrchestrator<TInput, TOutput> : ITaskOrchestrator
{
    Type ITaskOrchestrator.InputType => typeof(TInput);

    Type ITaskOrchestrator.OutputType => typeof(TOutput);

    async Task<object?> ITaskOrchestrator.RunAsync(TaskOrchestrationContext context, object? input)
    {
        ArgumentNullException.ThrowIfNull(context);
        return await RunAsync(context, TaskInput.Cast<TInput>(input));
    }

    /// <summary>Runs the orchestrator.</summary>
    /// <param name="context">The orchestration.</param>
    /// <param name="input">Its input.</param>
    /// <returns>Its result.</returns>
    public abstract Task<TOutput> RunAsync(TaskOrchestrationContext context, TInput input);
}
