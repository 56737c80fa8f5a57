using Orchestrator.Durable.Engine.History;
using Orchestrator.Durable.Engine.Replay;
using Orchestrator.Durable.Engine.Store;

namespace Orchestrator.Durable.Engine.Inspection;

/// <summary>
/// What the genuine client cannot tell or do: why an instance waits, which instances are stuck, taking one out of its quarantine, and a copy of the
/// store. A service of every host that runs the engine.
/// </summary>
public sealed class InstanceInspector
{
    private const int Batch = 256;
    private const int Looks = 3;

    private readonly DurableEngine engine;

    internal InstanceInspector(DurableEngine engine) => this.engine = engine;

    /// <summary>Says what an instance waits for. Its code is replayed without effects to find the events that it awaits.</summary>
    /// <returns>Null when there is no such instance.</returns>
    public InstanceWait? Describe(string instanceId)
    {
        ArgumentException.ThrowIfNullOrEmpty(instanceId);
        InstanceWait? wait = null;
        for (var look = 0; look < Looks; look++)
        {
            if (Reader.Find(instanceId) is not { } row)
                return null;
            wait = Describe(row);
            // The rows are read one after the other: what looks wrong may have moved on in between.
            if (wait.Problem is null || StandsStill(row))
                return wait;
        }

        return wait;
    }

    /// <summary>The instances that will not go on by themselves, with their <see cref="InstanceWait.Problem"/>, in the order of creation.</summary>
    /// <remarks>
    /// Looks at those that are quarantined and at those for which no message, no timer, no activity and no sub-orchestration stands in the store.
    /// </remarks>
    /// <param name="cancellation">Ends the look early.</param>
    public IEnumerable<InstanceWait> Stuck(CancellationToken cancellation = default) => Look(Describe, cancellation);

    /// <summary>
    /// Those of <see cref="Stuck"/> that the store alone shows, without running any code: for the host to look by itself. What waits for a timer that
    /// is gone is not among them, because only the code knows whether it was cancelled.
    /// </summary>
    internal IEnumerable<InstanceWait> Lost(CancellationToken cancellation) => Look(DescribeFromStore, cancellation);

    private IEnumerable<InstanceWait> Look(Func<InstanceRow, InstanceWait> describe, CancellationToken cancellation)
    {
        for (var after = 0L; ;)
        {
            var rows = Reader.Silent(after, Batch);
            foreach (var row in rows)
            {
                if (cancellation.IsCancellationRequested)
                    yield break;
                // The rows were read one after the other: what looks wrong may have moved on in between.
                if (describe(row) is { Problem: not null } stuck && StandsStill(row))
                    yield return stuck;
            }

            if (rows.Count < Batch)
                yield break;
            after = rows[^1].Key;
        }
    }

    /// <summary>Takes an instance out of its quarantine and delivers again what waits for it.</summary>
    /// <returns>False when there is no such instance, or it is in no quarantine.</returns>
    /// <exception cref="DamagedRowException">What waits for it is damaged: it stays where it is.</exception>
    public Task<bool> RequeueAsync(string instanceId)
    {
        ArgumentException.ThrowIfNullOrEmpty(instanceId);
        return engine.Store.RunAsync(new RequeueInstance(instanceId));
    }

    /// <summary>Copies the store, as it is at one moment, into a new file, while the host runs on.</summary>
    /// <param name="path">The file to write; it must not exist.</param>
    /// <exception cref="StoreException">The file exists already, or cannot be written.</exception>
    public void Backup(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        engine.Store.Backup(path);
    }

    private bool StandsStill(InstanceRow row) =>
        Reader.Find(row.Key) is { } now && (now.NextSequence, now.ExecutionId) == (row.NextSequence, row.ExecutionId);

    private StoreReader Reader => engine.Store.Reader;

    private InstanceWait Describe(InstanceRow row) => Describe(row, Waiting);

    private InstanceWait DescribeFromStore(InstanceRow row) => Describe(row, (wait, of, _) => wait with { Problem = LostOf(of) });

    /// <summary>What a silent instance waits for that would come from an activity or a sub-orchestration: for both the store has nothing.</summary>
    private string? LostOf(InstanceRow row)
    {
        var history = Reader.History(row.Key);
        var answered = history.Select(Actions.ResultOf).ToHashSet();
        return history.FirstOrDefault(e => e is TaskScheduled or SubOrchestrationCreated && !answered.Contains(Actions.IdOf(e))) is { } lost
            ? $"It waits for {Actions.Describe(lost)}, which the store does not have: restart the instance."
            : null;
    }

    private InstanceWait Describe(InstanceRow row, Func<InstanceWait, InstanceRow, List<Message>, InstanceWait> waiting)
    {
        var wait = new InstanceWait(row.Id, row.Name, row.Status);
        if (row.Quarantine is { } reason)
            return wait with { Problem = $"It is quarantined: {reason}" };
        if (row.IsTerminal)
            return wait;
        try
        {
            var messages = Reader.Messages(row.Key);
            return row.NextSequence == 0 ? BeforeItsStart(wait, messages) : waiting(wait, row, messages);
        }
        catch (DamagedRowException e)
        {
            return wait with { Problem = e.Message };
        }
    }

    private static InstanceWait BeforeItsStart(InstanceWait wait, List<Message> messages) =>
        messages.FirstOrDefault(message => message.Event is ExecutionStarted) is { } start
            ? wait with { StartsAt = start.Due }
            : wait with { Problem = "It has not started, and no message would start it: terminate and purge it." };

    private InstanceWait Waiting(InstanceWait wait, InstanceRow row, List<Message> messages)
    {
        using var session = engine.NewSession(row);
        var code = session.Current;
        code.Run(Reader.History(row.Key), []);
        var open = code.Open.OrderBy(task => Actions.IdOf(task.Action)).ToList();
        wait = wait with
        {
            Activities = [.. open.Where(task => task.Action is TaskScheduled).Select(Activity)],
            Timers = [.. open.Where(task => task.Action is TimerCreated).Select(Timer)],
            Children = [.. open.Where(task => task.Action is SubOrchestrationCreated).Select(Child)],
            AwaitedEvents = [.. code.ExternalEvents.Awaited],
            BufferedEvents =
            [
                .. code.ExternalEvents.Buffered.Concat(code.Held.OfType<EventRaised>()).Select(e => new BufferedEvent(e.Name, e.Timestamp)),
            ],
        };
        return wait with { Problem = Problem(wait, row, code, messages) };
    }

    private string? Problem(InstanceWait wait, InstanceRow row, OrchestrationExecution code, List<Message> messages)
    {
        if (code.Mismatch is { } mismatch)
            return mismatch.Message;
        if (messages.Any(message => message.Due is null))
            return null;
        var running = Reader.Activities(row.Key).Select(activity => activity.Task.TaskId).ToHashSet();
        if (wait.Activities.FirstOrDefault(activity => !running.Contains(activity.TaskId)) is { } activity)
            return $"It waits for activity '{activity.Name}' (#{activity.TaskId}), which the store does not have to run: restart the instance.";
        var due = messages.Select(message => message.Event).OfType<TimerFired>().Select(timer => timer.TaskId).ToHashSet();
        if (wait.Timers.FirstOrDefault(timer => !due.Contains(timer.TaskId)) is { } timer)
            return $"It waits for timer #{timer.TaskId}, which the store does not have: restart the instance.";
        if (wait.Children.FirstOrDefault(child => child.Status is not { } status || status.IsTerminal()) is { } child)
            return $"It waits for sub-orchestration '{child.InstanceId}', which is {child.Status?.ToString() ?? "gone"}: restart the instance.";
        return wait.AwaitedEvents.Count + wait.Activities.Count + wait.Timers.Count + wait.Children.Count == 0 && !code.IsSuspended
            ? "It waits for nothing: restart or terminate the instance."
            : null;
    }

    private static WaitingActivity Activity(OrchestrationExecution.OpenTask task)
    {
        var action = (TaskScheduled)task.Action;
        return new(action.Name, action.TaskId, action.Timestamp, task.Attempt ?? First);
    }

    private static WaitingTimer Timer(OrchestrationExecution.OpenTask task)
    {
        var action = (TimerCreated)task.Action;
        return new(action.TaskId, action.FireAt, task.Attempt);
    }

    private WaitingChild Child(OrchestrationExecution.OpenTask task)
    {
        var action = (SubOrchestrationCreated)task.Action;
        return new(action.InstanceId, action.Name, action.TaskId, Reader.Find(action.InstanceId)?.Status, task.Attempt ?? First);
    }

    private static CallAttempt First => new(1, null);
}
