namespace Microsoft.DurableTask;

/// <content>Orchestrators.</content>
public sealed partial class DurableTaskRegistry
{
    /// <summary>Adds an orchestrator that a factory makes for each run.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="factory">Makes it.</param>
    /// <returns>This registry.</returns>
    /// <exception cref="ArgumentException">The name is empty or taken by another orchestrator.</exception>
    public DurableTaskRegistry AddOrchestrator(TaskName name, Func<ITaskOrchestrator> factory) =>
        AddOrchestrator(name, TaskVersion.Unversioned, factory);

    /// <summary>Adds a version of an orchestrator that a factory makes for each run.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="version">Its version; none: it serves instances of any version, unless another of its name has one.</param>
    /// <param name="factory">Makes it.</param>
    /// <returns>This registry.</returns>
    /// <exception cref="ArgumentException">The name is empty, or name and version are taken by another orchestrator.</exception>
    public DurableTaskRegistry AddOrchestrator(TaskName name, TaskVersion version, Func<ITaskOrchestrator> factory)
    {
        ThrowIfUnnamed(name);
        ArgumentNullException.ThrowIfNull(factory);
        _orchestrators.Add(name, version, _ => factory());
        return this;
    }

    /// <summary>
    /// Adds an orchestrator class, in the version of its <see cref="DurableTaskAttribute"/>; it has no services, because it must not do I/O.
    /// </summary>
    /// <param name="name">Its name.</param>
    /// <param name="type">The class, with a constructor without parameters.</param>
    /// <returns>This registry.</returns>
    public DurableTaskRegistry AddOrchestrator(TaskName name, Type type)
    {
        ThrowIfNot(type, typeof(ITaskOrchestrator));
        return AddOrchestrator(name, VersionOf(type), () => (ITaskOrchestrator)Activator.CreateInstance(type)!);
    }

    /// <summary>Adds an orchestrator class under the name of its <see cref="DurableTaskAttribute"/> or its own.</summary>
    /// <param name="type">The class.</param>
    /// <returns>This registry.</returns>
    public DurableTaskRegistry AddOrchestrator(Type type) => AddOrchestrator(NameOf(type), type);

    /// <summary>Adds an orchestrator class.</summary>
    /// <typeparam name="TOrchestrator">The class.</typeparam>
    /// <param name="name">Its name.</param>
    /// <returns>This registry.</returns>
    public DurableTaskRegistry AddOrchestrator<TOrchestrator>(TaskName name)
        where TOrchestrator : class, ITaskOrchestrator => AddOrchestrator(name, typeof(TOrchestrator));

    /// <summary>Adds an orchestrator class under the name of its <see cref="DurableTaskAttribute"/> or its own.</summary>
    /// <typeparam name="TOrchestrator">The class.</typeparam>
    /// <returns>This registry.</returns>
    public DurableTaskRegistry AddOrchestrator<TOrchestrator>()
        where TOrchestrator : class, ITaskOrchestrator => AddOrchestrator(typeof(TOrchestrator));

    /// <summary>Adds one orchestrator object for all runs; it must keep no state.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="orchestrator">The orchestrator.</param>
    /// <returns>This registry.</returns>
    public DurableTaskRegistry AddOrchestrator(TaskName name, ITaskOrchestrator orchestrator)
    {
        ArgumentNullException.ThrowIfNull(orchestrator);
        return AddOrchestrator(name, VersionOf(orchestrator.GetType()), () => orchestrator);
    }

    /// <summary>Adds one orchestrator object for all runs, under the name of its class.</summary>
    /// <param name="orchestrator">The orchestrator.</param>
    /// <returns>This registry.</returns>
    public DurableTaskRegistry AddOrchestrator(ITaskOrchestrator orchestrator)
    {
        ArgumentNullException.ThrowIfNull(orchestrator);
        return AddOrchestrator(NameOf(orchestrator.GetType()), orchestrator);
    }

    /// <summary>Adds a function as an orchestrator.</summary>
    /// <typeparam name="TInput">The type of its input.</typeparam>
    /// <typeparam name="TOutput">The type of its result.</typeparam>
    /// <param name="name">Its name.</param>
    /// <param name="orchestrator">The function.</param>
    /// <returns>This registry.</returns>
    public DurableTaskRegistry AddOrchestratorFunc<TInput, TOutput>(
        TaskName name, Func<TaskOrchestrationContext, TInput, Task<TOutput>> orchestrator) =>
        AddOrchestrator(name, FuncTaskOrchestrator.Create(orchestrator));

    /// <summary>Adds a function as a version of an orchestrator.</summary>
    /// <typeparam name="TInput">The type of its input.</typeparam>
    /// <typeparam name="TOutput">The type of its result.</typeparam>
    /// <param name="name">Its name.</param>
    /// <param name="version">Its version; none: it serves instances of any version, unless another of its name has one.</param>
    /// <param name="orchestrator">The function.</param>
    /// <returns>This registry.</returns>
    public DurableTaskRegistry AddOrchestratorFunc<TInput, TOutput>(
        TaskName name, TaskVersion version, Func<TaskOrchestrationContext, TInput, Task<TOutput>> orchestrator)
    {
        var implementation = FuncTaskOrchestrator.Create(orchestrator);
        return AddOrchestrator(name, version, () => implementation);
    }

    /// <inheritdoc cref="AddOrchestratorFunc{TInput, TOutput}(TaskName, Func{TaskOrchestrationContext, TInput, Task{TOutput}})"/>
    public DurableTaskRegistry AddOrchestratorFunc<TInput, TOutput>(TaskName name, Func<TaskOrchestrationContext, TInput, TOutput> orchestrator)
    {
        ArgumentNullException.ThrowIfNull(orchestrator);
        return AddOrchestratorFunc<TInput, TOutput>(name, (context, input) => Task.FromResult(orchestrator(context, input)));
    }

    /// <summary>Adds a function without result as an orchestrator.</summary>
    /// <typeparam name="TInput">The type of its input.</typeparam>
    /// <param name="name">Its name.</param>
    /// <param name="orchestrator">The function.</param>
    /// <returns>This registry.</returns>
    public DurableTaskRegistry AddOrchestratorFunc<TInput>(TaskName name, Func<TaskOrchestrationContext, TInput, Task> orchestrator)
    {
        ArgumentNullException.ThrowIfNull(orchestrator);
        return AddOrchestratorFunc<TInput, object?>(name, async (context, input) =>
        {
            await orchestrator(context, input);
            return null;
        });
    }

    /// <summary>Adds a function without input as an orchestrator.</summary>
    /// <typeparam name="TOutput">The type of its result.</typeparam>
    /// <param name="name">Its name.</param>
    /// <param name="orchestrator">The function.</param>
    /// <returns>This registry.</returns>
    public DurableTaskRegistry AddOrchestratorFunc<TOutput>(TaskName name, Func<TaskOrchestrationContext, Task<TOutput>> orchestrator)
    {
        ArgumentNullException.ThrowIfNull(orchestrator);
        return AddOrchestratorFunc<object?, TOutput>(name, (context, _) => orchestrator(context));
    }

    /// <summary>Adds a function without input and result as an orchestrator.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="orchestrator">The function.</param>
    /// <returns>This registry.</returns>
    public DurableTaskRegistry AddOrchestratorFunc(TaskName name, Func<TaskOrchestrationContext, Task> orchestrator)
    {
        ArgumentNullException.ThrowIfNull(orchestrator);
        return AddOrchestratorFunc<object?>(name, (context, _) => orchestrator(context));
    }

    /// <inheritdoc cref="AddOrchestratorFunc{TOutput}(TaskName, Func{TaskOrchestrationContext, Task{TOutput}})"/>
    public DurableTaskRegistry AddOrchestratorFunc<TOutput>(TaskName name, Func<TaskOrchestrationContext, TOutput> orchestrator)
    {
        ArgumentNullException.ThrowIfNull(orchestrator);
        return AddOrchestratorFunc<object?, TOutput>(name, (context, _) => Task.FromResult(orchestrator(context)));
    }

    /// <inheritdoc cref="AddOrchestratorFunc{TInput}(TaskName, Func{TaskOrchestrationContext, TInput, Task})"/>
    public DurableTaskRegistry AddOrchestratorFunc<TInput>(TaskName name, Action<TaskOrchestrationContext, TInput> orchestrator)
    {
        ArgumentNullException.ThrowIfNull(orchestrator);
        return AddOrchestratorFunc<TInput, object?>(name, (context, input) =>
        {
            orchestrator(context, input);
            return Task.FromResult<object?>(null);
        });
    }

    /// <inheritdoc cref="AddOrchestratorFunc(TaskName, Func{TaskOrchestrationContext, Task})"/>
    public DurableTaskRegistry AddOrchestratorFunc(TaskName name, Action<TaskOrchestrationContext> orchestrator)
    {
        ArgumentNullException.ThrowIfNull(orchestrator);
        return AddOrchestratorFunc<object?>(name, (TaskOrchestrationContext context, object? _) => orchestrator(context));
    }
}
