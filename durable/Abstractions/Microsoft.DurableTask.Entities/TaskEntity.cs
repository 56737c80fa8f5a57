namespace Microsoft.DurableTask.Entities;

/// <summary>A durable entity written as a class. The embedded host runs none.</summary>
/// <typeparam name="TState">The type of its state.</typeparam>
public abstract class TaskEntity<TState> : ITaskEntity
{
    /// <summary>Whether operations may be methods of the state.</summary>
    protected virtual bool AllowStateDispatch => false;

    /// <summary>The state during an operation.</summary>
    protected TState State { get; set; } = default!;

    /// <summary>What the entity may use of the world during an operation.</summary>
    /// <exception cref="NotSupportedException">Always here, where no operation runs.</exception>
    protected TaskEntityContext Context => throw Unsupported();

    /// <summary>Runs an operation.</summary>
    /// <param name="operation">The operation.</param>
    /// <returns>Its result.</returns>
    /// <exception cref="NotSupportedException">Always here.</exception>
    public ValueTask<object?> RunAsync(TaskEntityOperation operation) => throw Unsupported();

    /// <summary>The state of an entity that has none yet.</summary>
    /// <param name="entityOperation">The first operation.</param>
    /// <returns>The state.</returns>
    protected virtual TState InitializeState(TaskEntityOperation entityOperation) => Activator.CreateInstance<TState>();

    private NotSupportedException Unsupported() => new($"{GetType()} cannot run: the embedded host does not support durable entities.");
}
