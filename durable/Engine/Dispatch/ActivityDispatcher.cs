using Microsoft.DurableTask;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orchestrator.Durable.Engine.History;
using Orchestrator.Durable.Engine.Store;

namespace Orchestrator.Durable.Engine.Dispatch;

/// <summary>Runs activities, so many at a time, each at least once: its outbox row stays until the turn that consumes its result.</summary>
internal sealed partial class ActivityDispatcher(
    DurableTaskRegistry registry,
    IServiceScopeFactory scopes,
    PayloadSerializer payloads,
    TimeProvider time,
    DurableEngineOptions options,
    TaskLog log,
    ILogger logger,
    CancellationToken hostStopping) : IDisposable
{
    private readonly Lock gate = new();
    private readonly Queue<ScheduledActivity> waiting = [];
    private readonly CancellationTokenSource stopping = CancellationTokenSource.CreateLinkedTokenSource(hostStopping);
    private readonly TaskCompletionSource drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int running;

    /// <summary>Receives the results.</summary>
    public required Action<Message> Deliver { get; init; }

    public void Enqueue(ScheduledActivity activity)
    {
        lock (gate)
        {
            waiting.Enqueue(activity);
            StartWaiting();
        }
    }

    /// <summary>Starts no further activity, cancels the tokens of the running ones and waits for their end.</summary>
    public async Task StopAsync(CancellationToken deadline)
    {
        lock (gate)
        {
            waiting.Clear();
            if (running == 0)
                drained.TrySetResult();
        }

        await stopping.CancelAsync();
        try
        {
            await drained.Task.WaitAsync(deadline);
        }
        catch (OperationCanceledException)
        {
            StillRunning(logger, running);
        }
    }

    public void Dispose() => stopping.Dispose();

    private void StartWaiting()
    {
        while (running < options.MaxConcurrentActivities && !stopping.IsCancellationRequested && waiting.TryDequeue(out var next))
        {
            running++;
            _ = Task.Run(() => RunAsync(next));
        }
    }

    private async Task RunAsync(ScheduledActivity activity)
    {
        if (await ExecuteAsync(activity) is { } result)
            Deliver(new(0, activity.Instance, activity.ExecutionId, null, result, activity.Sequence));
        lock (gate)
        {
            running--;
            StartWaiting();
            if (running == 0 && stopping.IsCancellationRequested)
                drained.TrySetResult();
        }
    }

    private async Task<HistoryEvent?> ExecuteAsync(ScheduledActivity activity)
    {
        var task = activity.Task;
        if (VersionRule.Mismatch(options, task.Version) is { } mismatch)
            return Refuse(activity, mismatch);
        if (options.ActivityAdmission?.Invoke(task.Name, task.Version) is false)
        {
            Held(logger, task.Name, activity.InstanceId, "this one's filter leaves it out");
            return null;
        }

        try
        {
            if (registry.FindActivity(task.Name, task.Version) is not { } factory)
                return Failed(task, NotFound(task));
            log.ActivityStarted(task.Name, activity.InstanceId);
            await using var scope = scopes.CreateAsyncScope();
            var implementation = factory(scope.ServiceProvider);
            var input = payloads.Converter.Deserialize(task.Input, implementation.InputType);
            var context = new ActivityContext(task.Name, activity.InstanceId, task.Version, stopping.Token);
            var output = await implementation.RunAsync(context, input);
            CrashPoint.Reach(CrashPoint.ActivityDone);
            var result = payloads.Serialize(output, $"The output of activity '{task.Name}'");
            log.ActivityCompleted(task.Name, activity.InstanceId);
            return new TaskCompleted(task.TaskId, result) { Timestamp = time.GetUtcNow().UtcDateTime };
        }
        catch (Exception e) when (stopping.IsCancellationRequested)
        {
            // The stop may be what it failed from: it runs again at the next start.
            Interrupted(logger, task.Name, activity.InstanceId, e.Message);
            return null;
        }
        catch (Exception e)
        {
            log.ActivityFailed(task.Name, activity.InstanceId, e);
            ActivityFailed(logger, task.Name, activity.InstanceId, e);
            return Failed(task, Failure.From(e, options.ExceptionProperties));
        }
    }

    private TaskFailed? Refuse(ScheduledActivity activity, Failure mismatch)
    {
        if (options.FailOnVersionMismatch)
            return Failed(activity.Task, mismatch);
        Held(logger, activity.Task.Name, activity.InstanceId, mismatch.Message);
        return null;
    }

    private static Failure NotFound(TaskScheduled task)
    {
        var version = task.Version.Length == 0 ? "" : $" with version '{task.Version}'";
        return new("ActivityTaskNotFound", $"No activity task named '{task.Name}'{version} was found. Register it, or correct the name.");
    }

    private TaskFailed Failed(TaskScheduled task, Failure failure) => new(task.TaskId, failure) { Timestamp = time.GetUtcNow().UtcDateTime };

    [LoggerMessage(Level = LogLevel.Warning, Message = "Activity {Name} of instance {InstanceId} failed")]
    private static partial void ActivityFailed(ILogger logger, string name, string instanceId, Exception error);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Activity {Name} of {InstanceId} waits for another host: {Reason}")]
    private static partial void Held(ILogger logger, string name, string instanceId, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "Activity {Name} of {InstanceId} was interrupted by the stop ({Error}) and is repeated")]
    private static partial void Interrupted(ILogger logger, string name, string instanceId, string error);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Count} activities still run at the end of the stop; they are repeated at the next start")]
    private static partial void StillRunning(ILogger logger, int count);
}
