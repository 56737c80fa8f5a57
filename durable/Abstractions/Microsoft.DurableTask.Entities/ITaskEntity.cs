namespace Microsoft.DurableTask.Entities;

/// <summary>A durable entity. The embedded host runs none.</summary>
public interface ITaskEntity
{
    /// <summary>Runs an operation.</summary>
    /// <param name="operation">The operation.</param>
    /// <returns>Its result.</returns>
    ValueTask<object?> RunAsync(TaskEntityOperation operation);
}
