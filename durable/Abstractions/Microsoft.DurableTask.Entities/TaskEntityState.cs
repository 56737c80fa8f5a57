namespace Microsoft.DurableTask.Entities;

/// <summary>The state of a durable entity.</summary>
public abstract class TaskEntityState
{
    /// <summary>Whether there is one.</summary>
    public abstract bool HasState { get; }

    /// <summary>The state.</summary>
    /// <typeparam name="T">Its type.</typeparam>
    /// <param name="defaultValue">What to return when there is none.</param>
    /// <returns>The state.</returns>
    public virtual T? GetState<T>(T? defaultValue = default) => GetState(typeof(T)) is T state ? state : defaultValue;

    /// <summary>The state.</summary>
    /// <param name="type">Its type.</param>
    /// <returns>The state, or <c>null</c> when there is none.</returns>
    public abstract object? GetState(Type type);

    /// <summary>Replaces the state.</summary>
    /// <param name="state">The state; <c>null</c> deletes it.</param>
    public abstract void SetState(object? state);
}
