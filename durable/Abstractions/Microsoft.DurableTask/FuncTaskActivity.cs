namespace Microsoft.DurableTask;

/// <summary>Activities made of functions.</summary>
public static class FuncTaskActivity
{
    /// <summary>An activity that runs a function.</summary>
    /// <typeparam name="TInput">The type of its input.</typeparam>
    /// <typeparam name="TOutput">The type of its result.</typeparam>
    /// <param name="implementation">The function.</param>
    /// <returns>The activity.</returns>
    public static TaskActivity<TInput, TOutput> Create<TInput, TOutput>(Func<TaskActivityContext, TInput, Task<TOutput>> implementation)
    {
        ArgumentNullException.ThrowIfNull(implementation);
        return new Implementation<TInput, TOutput>(implementation);
    }

    private sealed class Implementation<TInput, TOutput>(Func<TaskActivityContext, TInput, Task<TOutput>> implementation)
        : TaskActivity<TInput, TOutput>
    {
        public override Task<TOutput> RunAsync(TaskActivityContext context, TInput input) => implementation(context, input);
    }
}
