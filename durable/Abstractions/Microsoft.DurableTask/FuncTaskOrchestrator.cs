namespace Microsoft.DurableTask;

/// <summary>Orchestrators made of functions.</summary>
public static class FuncTaskOrchestrator
{
    /// <summary>An orchestrator that runs a function.</summary>
    /// <typeparam name="TInput">The type of its input.</typeparam>
    /// <typeparam name="TOutput">The type of its result.</typeparam>
    /// <param name="implementation">The function.</param>
    /// <returns>The orchestrator.</returns>
    public static TaskOrchestrator<TInput, TOutput> Create<TInput, TOutput>(Func<TaskOrchestrationContext, TInput, Task<TOutput>> implementation)
    {
        ArgumentNullException.ThrowIfNull(implementation);
        return new Implementation<TInput, TOutput>(implementation);
    }

    private sealed class Implementation<TInput, TOutput>(Func<TaskOrchestrationContext, TInput, Task<TOutput>> implementation)
        : TaskOrchestrator<TInput, TOutput>
    {
        public override Task<TOutput> RunAsync(TaskOrchestrationContext context, TInput input) => implementation(context, input);
    }
}
