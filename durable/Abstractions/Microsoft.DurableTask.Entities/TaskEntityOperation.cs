namespace Microsoft.DurableTask.Entities;

/// <summary>An operation of a durable entity.</summary>
public abstract class TaskEntityOperation
{
    /// <summary>The name of the operation.</summary>
    public abstract string Name { get; }

    /// <summary>What the entity may use of the world.</summary>
    public abstract TaskEntityContext Context { get; }

    /// <summary>The state of the entity.</summary>
    public abstract TaskEntityState State { get; }

    /// <summary>Whether the operation has an input.</summary>
    public abstract bool HasInput { get; }

    /// <summary>The input.</summary>
    /// <typeparam name="T">Its type.</typeparam>
    /// <returns>The input, or the default when there is none.</returns>
    public virtual T? GetInput<T>() => (T?)GetInput(typeof(T));

    /// <summary>The input.</summary>
    /// <param name="inputType">Its type.</param>
    /// <returns>The input, or <c>null</c> when there is none.</returns>
    public abstract object? GetInput(Type inputType);

    /// <summary>The entity and the operation.</summary>
    /// <returns>One line.</returns>
    public override string ToString() => $"{Context.Id}/{Name}";
}
