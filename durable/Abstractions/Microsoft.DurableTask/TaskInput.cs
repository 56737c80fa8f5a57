namespace Microsoft.DurableTask;

/// <summary>The step from the untyped input of a host to the typed one of a task.</summary>
internal static class TaskInput
{
    /// <summary>The input, or the default where there is none: a call without input and one with the default are the same.</summary>
    /// <exception cref="ArgumentException">The input is of another type.</exception>
    internal static T Cast<T>(object? input) => input switch
    {
        T typed => typed,
        null => default!,
        _ => throw new ArgumentException($"The input is {input.GetType()}, but the task takes {typeof(T)}.", nameof(input)),
    };
}
