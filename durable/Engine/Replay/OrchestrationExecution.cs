using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Orchestrator.Durable.Engine.History;
using Orchestrator.Durable.Engine.Inspection;

namespace Orchestrator.Durable.Engine.Replay;

/// <summary>
/// One execution of an orchestrator's code: fed with the events of its history one by one, it runs the code to its next wait and holds the actions
/// that the code asked for and the history does not show yet. Without effects.
/// </summary>
internal sealed class OrchestrationExecution
{
    private const string IllegalAwait =
        "The orchestrator awaits something that is no task of its context, or went on on another thread: such an await cannot be replayed. " +
        "Await only tasks of the TaskOrchestrationContext, without ConfigureAwait(false), and do all I/O in activities.";

    private readonly Func<string, string, ITaskOrchestrator?> orchestrators;
    private readonly OrchestratorThread thread = new();
    private readonly SortedDictionary<int, HistoryEvent> actions = [];
    private readonly Queue<HistoryEvent> whileSuspended = [];
    private readonly Dictionary<int, OpenTask> open = [];
    private readonly List<int> cancelledTimers = [];
    private readonly OrchestrationContext context;
    private Task<object?>? code;
    private int nextId;
    private int seen;

    /// <param name="instanceId">The instance.</param>
    /// <param name="customStatus">What the status row says, until the code sets another.</param>
    /// <param name="environment">What the code may use.</param>
    /// <param name="orchestrators">Makes the orchestrator of a name and version, or null when there is none.</param>
    public OrchestrationExecution(
        string instanceId, string? customStatus, ExecutionEnvironment environment, Func<string, string, ITaskOrchestrator?> orchestrators)
    {
        this.orchestrators = orchestrators;
        Environment = environment;
        CustomStatus = customStatus;
        ExternalEvents = new(environment.Payloads.Converter);
        context = new(instanceId, this);
    }

    public ExecutionEnvironment Environment { get; }

    public ExternalEvents ExternalEvents { get; }

    public ExecutionStarted? Started { get; private set; }

    public DateTime Now { get; private set; }

    public bool IsReplaying { get; private set; }

    public bool IsSuspended { get; private set; }

    public string? CustomStatus { get; set; }

    /// <summary>What continue-as-new asked for; taken up when the code has returned.</summary>
    public ContinueAsNewRequest? ContinueAsNew { get; set; }

    /// <summary>The actions that the history does not show yet, in the order of their ids; held back while suspended.</summary>
    public IReadOnlyCollection<HistoryEvent> NewActions => IsSuspended ? [] : actions.Values;

    /// <summary>The timers that the code cancelled since the replay ended.</summary>
    public IReadOnlyList<int> CancelledTimers => cancelledTimers;

    /// <summary>How the execution ended; null while it goes on.</summary>
    public ExecutionCompleted? Completion { get; private set; }

    /// <summary>Set where the code must not run: the execution then fails in this way, whatever its history says.</summary>
    public Failure? Refusal { get; init; }

    /// <summary>The request for another execution, once this one has ended well; an execution that fails gets no successor.</summary>
    public ContinueAsNewRequest? Successor => Completion is { Status: OrchestrationRuntimeStatus.Completed } ? ContinueAsNew : null;

    /// <summary>The exception that left the code; null while there is none.</summary>
    public Exception? Error => code?.Exception?.InnerException;

    /// <summary>The events that came while the instance is suspended.</summary>
    public IReadOnlyCollection<HistoryEvent> Held => whileSuspended;

    /// <summary>The actions whose result the code waits for.</summary>
    public IEnumerable<OpenTask> Open => open.Values;

    /// <summary>Which attempt of a call the action is that the code takes next; null outside of a repeated call.</summary>
    public CallAttempt? Attempt { get; set; }

    public bool IsOpen(int taskId) => open.ContainsKey(taskId);

    /// <summary>The id of the action that the code has taken and the history does not show yet, the same as a recorded one; null for none.</summary>
    public int? Taken(HistoryEvent recorded, int id)
    {
        if (actions.TryGetValue(id, out var same) && Actions.Match(recorded, same))
            return id;
        foreach (var (other, action) in actions)
        {
            if (Actions.Match(recorded, action))
                return other;
        }

        return null;
    }

    /// <summary>Feeds one event of the past.</summary>
    /// <exception cref="NonDeterministicOrchestrationException">The code did something else.</exception>
    public void Replay(HistoryEvent @event) => thread.Run(() =>
    {
        IsReplaying = true;
        Feed(@event);
    });

    /// <summary>
    /// Feeds events of the past, then new ones; returns those of the new ones that had a receiver and belong into the history. An execution that is
    /// run again, after a commit, goes on from where it stands: the past that it has seen is passed over.
    /// </summary>
    public List<HistoryEvent> Run(IReadOnlyList<HistoryEvent> past, IReadOnlyList<HistoryEvent> recent)
    {
        if (Refusal is { } refusal)
        {
            Now = recent[0].Timestamp;
            Completion = Failed(refusal);
            return [.. recent];
        }

        List<HistoryEvent> accepted = [];
        thread.Run(() =>
        {
            try
            {
                IsReplaying = true;
                for (; seen < past.Count; seen++)
                    Feed(past[seen]);
                IsReplaying = false;
                cancelledTimers.Clear();
                foreach (var @event in recent)
                {
                    if (Feed(@event))
                        accepted.Add(@event);
                }

                seen += accepted.Count;
                Completion = Complete();
            }
            catch (NonDeterministicOrchestrationException e)
            {
                Mismatch = e;
                Completion = Failed(Failure.From(e) with { ErrorType = NonDeterministicOrchestrationException.ErrorType });
            }
        });
        return accepted;
    }

    /// <summary>The first difference between the history and the code, if there is one.</summary>
    public NonDeterministicOrchestrationException? Mismatch { get; private set; }

    /// <exception cref="InvalidOperationException">The caller is not the orchestrator's code in its turn.</exception>
    public void EnsureOnThread()
    {
        if (!thread.IsCurrent)
            throw new InvalidOperationException(IllegalAwait);
    }

    /// <summary>Records an action of the code and returns the task of its result.</summary>
    public Task<string?> Schedule(Func<int, HistoryEvent> action, CancellationToken cancellationToken = default)
    {
        var id = Record(action);
        var source = new TaskCompletionSource<string?>();
        open.Add(id, new(actions[id], source, Attempt));
        if (cancellationToken.CanBeCanceled)
        {
            cancellationToken.Register(() =>
            {
                if (source.TrySetCanceled() && open.Remove(id))
                    cancelledTimers.Add(id);
            });
        }

        return source.Task;
    }

    /// <summary>Records an action of the code that has no result; returns its id.</summary>
    public int Record(Func<int, HistoryEvent> action)
    {
        var id = nextId++;
        actions.Add(id, action(id));
        return id;
    }

    private bool Feed(HistoryEvent @event)
    {
        if (IsSuspended && @event is not (ExecutionResumed or OrchestratorStarted or OrchestratorCompleted))
        {
            if (@event is ExecutionSuspended)
                return false;
            whileSuspended.Enqueue(@event);
            return true;
        }

        var accepted = Handle(@event);
        thread.Drain();
        return accepted;
    }

    private bool Handle(HistoryEvent @event)
    {
        switch (@event)
        {
            case OrchestratorStarted:
                Now = @event.Timestamp;
                return true;
            case ExecutionStarted started:
                return Start(started);
            case TaskCompleted e:
                return Resolve(e.TaskId, task => task.Result.TrySetResult(e.Output));
            case TaskFailed e:
                return Resolve(e.TaskId, task => task.Fail(e.TaskId, e.Failure));
            case SubOrchestrationCompleted e:
                return Resolve(e.TaskId, task => task.Result.TrySetResult(e.Output));
            case SubOrchestrationFailed e:
                return Resolve(e.TaskId, task => task.Fail(e.TaskId, e.Failure));
            case TimerFired e:
                return Resolve(e.TaskId, task => task.Result.TrySetResult(null));
            case EventRaised e:
                ExternalEvents.Raise(e);
                return true;
            case ExecutionSuspended:
                return IsSuspended = true;
            case ExecutionResumed:
                return Resume();
            case ExecutionCompleted recorded:
                // Only a check of a finished history gets here.
                var further = NewActions.FirstOrDefault();
                return further is null && recorded.Status == Complete()?.Status
                    ? true
                    : throw new NonDeterministicOrchestrationException(recorded, further ?? Complete());
            default:
                if (Actions.IdOf(@event) is { } id)
                    MatchAction(id, @event);
                return true;
        }
    }

    private bool Start(ExecutionStarted started)
    {
        if (Started is not null)
            return false;
        Started = started;
        code = RunCode(started);
        return true;
    }

    private async Task<object?> RunCode(ExecutionStarted started)
    {
        var orchestrator = orchestrators(started.Name, started.Version) ?? throw new OrchestratorNotFoundException(started.Name, started.Version);
        var input = Environment.Payloads.Converter.Deserialize(started.Input, orchestrator.InputType);
        return await orchestrator.RunAsync(context, input);
    }

    private void MatchAction(int id, HistoryEvent recorded)
    {
        if (!actions.Remove(id, out var actual) || !Actions.Match(recorded, actual))
            throw new NonDeterministicOrchestrationException(recorded, actual);
    }

    private bool Resolve(int taskId, Action<OpenTask> resolve)
    {
        if (!open.Remove(taskId, out var task))
            return false;
        resolve(task);
        return true;
    }

    private bool Resume()
    {
        if (!IsSuspended)
            return false;
        IsSuspended = false;
        while (!IsSuspended && whileSuspended.TryDequeue(out var held))
        {
            Handle(held);
            thread.Drain();
        }

        return true;
    }

    private ExecutionCompleted? Complete()
    {
        if (code is null || IsSuspended)
            return null;
        if (thread.SawForeignContinuation || (!code.IsCompleted && open.Count == 0 && !ExternalEvents.HasWaiters))
            return Failed(Failure.From(new InvalidOperationException(IllegalAwait)));
        if (!code.IsCompleted || open.Count > 0)
            return null;

        try
        {
            var output = code.GetAwaiter().GetResult();
            return new(OrchestrationRuntimeStatus.Completed)
            {
                Timestamp = Now,
                Output = Environment.Payloads.Serialize(output, $"The output of orchestrator '{Started!.Name}'"),
            };
        }
        catch (OrchestratorNotFoundException e)
        {
            return Failed(Failure.From(e) with { ErrorType = "OrchestratorTaskNotFound" });
        }
        catch (Exception e)
        {
            return Failed(Failure.From(e, Environment.ExceptionProperties));
        }
    }

    private ExecutionCompleted Failed(Failure failure) =>
        new(OrchestrationRuntimeStatus.Failed) { Timestamp = Now, Failure = failure };

    /// <summary>An action that has no result yet.</summary>
    public sealed record OpenTask(HistoryEvent Action, TaskCompletionSource<string?> Result, CallAttempt? Attempt)
    {
        public void Fail(int taskId, Failure failure) =>
            Result.TrySetException(new TaskFailedException(Actions.NameOf(Action), taskId, failure.ToDetails()));
    }
}
