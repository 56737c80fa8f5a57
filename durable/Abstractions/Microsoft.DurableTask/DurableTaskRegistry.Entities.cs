using Microsoft.DurableTask.Entities;
using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.DurableTask;

/// <content>Entities, which may be registered here, so that the rest of an app runs, and are not run.</content>
public sealed partial class DurableTaskRegistry
{
    private readonly VersionedTasks<ITaskEntity> _entities = new("entity");

    /// <summary>The entities.</summary>
    /// <returns>A maker of each by its name.</returns>
    public IEnumerable<KeyValuePair<TaskName, Func<IServiceProvider, ITaskEntity>>> GetEntities() => _entities.All;

    /// <summary>Adds an entity that a factory makes.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="factory">Makes it.</param>
    /// <returns>This registry.</returns>
    /// <exception cref="ArgumentException">The name is empty or taken by another entity.</exception>
    public DurableTaskRegistry AddEntity(TaskName name, Func<IServiceProvider, ITaskEntity> factory)
    {
        ThrowIfUnnamed(name);
        ArgumentNullException.ThrowIfNull(factory);
        _entities.Add(name, TaskVersion.Unversioned, factory);
        return this;
    }

    /// <summary>Adds an entity class.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="type">The class.</param>
    /// <returns>This registry.</returns>
    public DurableTaskRegistry AddEntity(TaskName name, Type type)
    {
        ThrowIfNot(type, typeof(ITaskEntity));
        return AddEntity(name, services => (ITaskEntity)ActivatorUtilities.GetServiceOrCreateInstance(services, type));
    }

    /// <summary>Adds an entity class under the name of its <see cref="DurableTaskAttribute"/> or its own.</summary>
    /// <param name="type">The class.</param>
    /// <returns>This registry.</returns>
    public DurableTaskRegistry AddEntity(Type type) => AddEntity(NameOf(type), type);

    /// <summary>Adds an entity class.</summary>
    /// <typeparam name="TEntity">The class.</typeparam>
    /// <param name="name">Its name.</param>
    /// <returns>This registry.</returns>
    public DurableTaskRegistry AddEntity<TEntity>(TaskName name)
        where TEntity : class, ITaskEntity => AddEntity(name, typeof(TEntity));

    /// <summary>Adds an entity class under the name of its <see cref="DurableTaskAttribute"/> or its own.</summary>
    /// <typeparam name="TEntity">The class.</typeparam>
    /// <returns>This registry.</returns>
    public DurableTaskRegistry AddEntity<TEntity>()
        where TEntity : class, ITaskEntity => AddEntity(typeof(TEntity));

    /// <summary>Adds one entity object.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="entity">The entity.</param>
    /// <returns>This registry.</returns>
    public DurableTaskRegistry AddEntity(TaskName name, ITaskEntity entity)
    {
        ArgumentNullException.ThrowIfNull(entity);
        return AddEntity(name, _ => entity);
    }

    /// <summary>Adds one entity object, under the name of its class.</summary>
    /// <param name="entity">The entity.</param>
    /// <returns>This registry.</returns>
    public DurableTaskRegistry AddEntity(ITaskEntity entity)
    {
        ArgumentNullException.ThrowIfNull(entity);
        return AddEntity(NameOf(entity.GetType()), entity);
    }
}
