namespace Microsoft.DurableTask;

/// <summary>An activity as a host sees it, without its types.</summary>
public interface ITaskActivity
{
    /// <summary>The type of its input.</summary>
    Type InputType { get; }

    /// <summary>The type of its result.</summary>
    Type OutputType { get; }

    /// <summary>Runs it.</summary>
    /// <param name="context">The call.</param>
    /// <param name="input">The input, of <see cref="InputType"/>.</param>
    /// <returns>The result, of <see cref="OutputType"/>.</returns>
    Task<object?> RunAsync(TaskActivityContext context, object? input);
}
