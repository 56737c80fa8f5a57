using Microsoft.DurableTask.Entities;

namespace Microsoft.DurableTask.Client.Entities;

/// <summary>What a client sees of a durable entity.</summary>
/// <param name="id">The entity.</param>
/// <param name="state">Its state.</param>
public sealed class EntityMetadata(EntityInstanceId id, SerializedData? state = default) : EntityMetadata<SerializedData>(id, state);

/// <summary>What a client sees of a durable entity.</summary>
/// <typeparam name="TState">The type of its state.</typeparam>
public class EntityMetadata<TState>
{
    private readonly TState? _state;

    /// <summary>Makes what is seen without the state.</summary>
    /// <param name="id">The entity.</param>
    public EntityMetadata(EntityInstanceId id) => Id = id;

    /// <summary>Makes what is seen.</summary>
    /// <param name="id">The entity.</param>
    /// <param name="state">Its state.</param>
    public EntityMetadata(EntityInstanceId id, TState? state)
        : this(id)
    {
        IncludesState = state is not null;
        _state = state;
    }

    /// <summary>The entity.</summary>
    public EntityInstanceId Id { get; }

    /// <summary>When it last changed.</summary>
    public DateTimeOffset LastModifiedTime { get; init; }

    /// <summary>How many operations wait.</summary>
    public int BacklogQueueSize { get; init; }

    /// <summary>The orchestration that has locked it; <c>null</c> when none has.</summary>
    public string? LockedBy { get; init; }

    /// <summary>Whether the state was asked for and is there.</summary>
    public bool IncludesState { get; }

    /// <summary>The state.</summary>
    /// <exception cref="InvalidOperationException">It was not asked for, or there is none.</exception>
    public TState State => IncludesState ? _state! : throw new InvalidOperationException($"The state of {Id} was not fetched, or it has none.");
}
