using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.DurableTask;

/// <content>Activities.</content>
public sealed partial class DurableTaskRegistry
{
    /// <summary>Adds an activity that a factory makes for each call.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="factory">Makes it of the services of the call.</param>
    /// <returns>This registry.</returns>
    /// <exception cref="ArgumentException">The name is empty or taken by another activity.</exception>
    public DurableTaskRegistry AddActivity(TaskName name, Func<IServiceProvider, ITaskActivity> factory) =>
        AddActivity(name, TaskVersion.Unversioned, factory);

    /// <summary>Adds a version of an activity that a factory makes for each call.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="version">Its version; none: it serves calls of any version, unless another of its name has one.</param>
    /// <param name="factory">Makes it.</param>
    /// <returns>This registry.</returns>
    /// <exception cref="ArgumentException">The name is empty, or name and version are taken by another activity.</exception>
    public DurableTaskRegistry AddActivity(TaskName name, TaskVersion version, Func<ITaskActivity> factory)
    {
        ArgumentNullException.ThrowIfNull(factory);
        return AddActivity(name, version, _ => factory());
    }

    /// <summary>
    /// Adds an activity class, in the version of its <see cref="DurableTaskAttribute"/>, made for each call with its constructor's services.
    /// </summary>
    /// <param name="name">Its name.</param>
    /// <param name="type">The class.</param>
    /// <returns>This registry.</returns>
    public DurableTaskRegistry AddActivity(TaskName name, Type type)
    {
        ThrowIfNot(type, typeof(ITaskActivity));
        return AddActivity(name, VersionOf(type), services => (ITaskActivity)ActivatorUtilities.GetServiceOrCreateInstance(services, type));
    }

    /// <summary>Adds an activity class under the name of its <see cref="DurableTaskAttribute"/> or its own.</summary>
    /// <param name="type">The class.</param>
    /// <returns>This registry.</returns>
    public DurableTaskRegistry AddActivity(Type type) => AddActivity(NameOf(type), type);

    /// <summary>Adds an activity class.</summary>
    /// <typeparam name="TActivity">The class.</typeparam>
    /// <param name="name">Its name.</param>
    /// <returns>This registry.</returns>
    public DurableTaskRegistry AddActivity<TActivity>(TaskName name)
        where TActivity : class, ITaskActivity => AddActivity(name, typeof(TActivity));

    /// <summary>Adds an activity class under the name of its <see cref="DurableTaskAttribute"/> or its own.</summary>
    /// <typeparam name="TActivity">The class.</typeparam>
    /// <returns>This registry.</returns>
    public DurableTaskRegistry AddActivity<TActivity>()
        where TActivity : class, ITaskActivity => AddActivity(typeof(TActivity));

    /// <summary>Adds one activity object for all calls.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="activity">The activity.</param>
    /// <returns>This registry.</returns>
    public DurableTaskRegistry AddActivity(TaskName name, ITaskActivity activity)
    {
        ArgumentNullException.ThrowIfNull(activity);
        return AddActivity(name, VersionOf(activity.GetType()), _ => activity);
    }

    /// <summary>Adds one activity object for all calls, under the name of its class.</summary>
    /// <param name="activity">The activity.</param>
    /// <returns>This registry.</returns>
    public DurableTaskRegistry AddActivity(ITaskActivity activity)
    {
        ArgumentNullException.ThrowIfNull(activity);
        return AddActivity(NameOf(activity.GetType()), activity);
    }

    /// <summary>Adds a function as an activity.</summary>
    /// <typeparam name="TInput">The type of its input.</typeparam>
    /// <typeparam name="TOutput">The type of its result.</typeparam>
    /// <param name="name">Its name.</param>
    /// <param name="activity">The function.</param>
    /// <returns>This registry.</returns>
    public DurableTaskRegistry AddActivityFunc<TInput, TOutput>(TaskName name, Func<TaskActivityContext, TInput, Task<TOutput>> activity) =>
        AddActivity(name, FuncTaskActivity.Create(activity));

    /// <summary>Adds a function as a version of an activity.</summary>
    /// <typeparam name="TInput">The type of its input.</typeparam>
    /// <typeparam name="TOutput">The type of its result.</typeparam>
    /// <param name="name">Its name.</param>
    /// <param name="version">Its version; none: it serves calls of any version, unless another of its name has one.</param>
    /// <param name="activity">The function.</param>
    /// <returns>This registry.</returns>
    public DurableTaskRegistry AddActivityFunc<TInput, TOutput>(
        TaskName name, TaskVersion version, Func<TaskActivityContext, TInput, Task<TOutput>> activity)
    {
        var implementation = FuncTaskActivity.Create(activity);
        return AddActivity(name, version, _ => implementation);
    }

    /// <inheritdoc cref="AddActivityFunc{TInput, TOutput}(TaskName, Func{TaskActivityContext, TInput, Task{TOutput}})"/>
    public DurableTaskRegistry AddActivityFunc<TInput, TOutput>(TaskName name, Func<TaskActivityContext, TInput, TOutput> activity)
    {
        ArgumentNullException.ThrowIfNull(activity);
        return AddActivityFunc<TInput, TOutput>(name, (context, input) => Task.FromResult(activity(context, input)));
    }

    /// <summary>Adds a function without result as an activity.</summary>
    /// <typeparam name="TInput">The type of its input.</typeparam>
    /// <param name="name">Its name.</param>
    /// <param name="activity">The function.</param>
    /// <returns>This registry.</returns>
    public DurableTaskRegistry AddActivityFunc<TInput>(TaskName name, Func<TaskActivityContext, TInput, Task> activity)
    {
        ArgumentNullException.ThrowIfNull(activity);
        return AddActivityFunc<TInput, object?>(name, async (context, input) =>
        {
            await activity(context, input);
            return null;
        });
    }

    /// <summary>Adds a function without input as an activity.</summary>
    /// <typeparam name="TOutput">The type of its result.</typeparam>
    /// <param name="name">Its name.</param>
    /// <param name="activity">The function.</param>
    /// <returns>This registry.</returns>
    public DurableTaskRegistry AddActivityFunc<TOutput>(TaskName name, Func<TaskActivityContext, Task<TOutput>> activity)
    {
        ArgumentNullException.ThrowIfNull(activity);
        return AddActivityFunc<object?, TOutput>(name, (context, _) => activity(context));
    }

    /// <summary>Adds a function without input and result as an activity.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="activity">The function.</param>
    /// <returns>This registry.</returns>
    public DurableTaskRegistry AddActivityFunc(TaskName name, Func<TaskActivityContext, Task> activity)
    {
        ArgumentNullException.ThrowIfNull(activity);
        return AddActivityFunc<object?>(name, (context, _) => activity(context));
    }

    /// <inheritdoc cref="AddActivityFunc{TOutput}(TaskName, Func{TaskActivityContext, Task{TOutput}})"/>
    public DurableTaskRegistry AddActivityFunc<TOutput>(TaskName name, Func<TaskActivityContext, TOutput> activity)
    {
        ArgumentNullException.ThrowIfNull(activity);
        return AddActivityFunc<object?, TOutput>(name, (context, _) => Task.FromResult(activity(context)));
    }

    /// <inheritdoc cref="AddActivityFunc{TInput}(TaskName, Func{TaskActivityContext, TInput, Task})"/>
    public DurableTaskRegistry AddActivityFunc<TInput>(TaskName name, Action<TaskActivityContext, TInput> activity)
    {
        ArgumentNullException.ThrowIfNull(activity);
        return AddActivityFunc<TInput, object?>(name, (context, input) =>
        {
            activity(context, input);
            return Task.FromResult<object?>(null);
        });
    }

    /// <inheritdoc cref="AddActivityFunc(TaskName, Func{TaskActivityContext, Task})"/>
    public DurableTaskRegistry AddActivityFunc(TaskName name, Action<TaskActivityContext> activity)
    {
        ArgumentNullException.ThrowIfNull(activity);
        return AddActivityFunc<object?>(name, (TaskActivityContext context, object? _) => activity(context));
    }

    private DurableTaskRegistry AddActivity(TaskName name, TaskVersion version, Func<IServiceProvider, ITaskActivity> factory)
    {
        ThrowIfUnnamed(name);
        ArgumentNullException.ThrowIfNull(factory);
        _activities.Add(name, version, factory);
        return this;
    }
}
