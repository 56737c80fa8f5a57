namespace Microsoft.DurableTask;

/// <summary>The step from the untyped input of a host to the typed one of a task.</summary>
internal static class TaskInput
{
    /// <exception cref="ArgumentException">The input is of another type, or is missing where the type has no null.</exception>
    internal static T Cast<T>(object? input) => input switch
    {
        T typed => typed,
        null when default(T) is null => default!,
        _ => throw new ArgumentException($"The input is {input?.GetType().ToString() ?? "null"}, but the task takes {typeof(T)}.", nameof(input)),
    };
}
