using Orchestrator.Durable.Engine.Store;

namespace Orchestrator.Durable.Engine.Dispatch;

/// <summary>The messages that are due later, in memory: one timer for the earliest of them, and no polling of the store.</summary>
internal sealed class TimerQueue : IDisposable
{
    // The system's clock may jump while a timer runs on; looking at it now and then, in memory only, bounds the delay.
    private static readonly TimeSpan LongestSleep = TimeSpan.FromSeconds(30);

    private readonly Lock gate = new();
    private readonly SortedSet<(DateTime Due, long Id)> order = [];
    private readonly Dictionary<long, Message> messages = [];
    private readonly Dictionary<(long Instance, int TaskId), long> timers = [];
    private readonly TimeProvider time;
    private readonly Action<Message> deliver;
    private readonly ITimer alarm;

    public TimerQueue(TimeProvider time, Action<Message> deliver)
    {
        this.time = time;
        this.deliver = deliver;
        alarm = time.CreateTimer(_ => FireDue(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public int Count
    {
        get
        {
            lock (gate)
                return order.Count;
        }
    }

    /// <summary>Delivers the message when it is due: at once if it already is.</summary>
    public void Add(Message message)
    {
        var due = message.Due!.Value;
        lock (gate)
        {
            if (due > Now)
            {
                order.Add((due, message.Id));
                messages.Add(message.Id, message);
                if (message.Event is History.TimerFired fired)
                    timers[(message.Instance, fired.TaskId)] = message.Id;
                if (order.Min.Id == message.Id)
                    SetAlarm();
                return;
            }
        }

        deliver(message);
    }

    /// <summary>Takes a timer of an instance out; returns its inbox row, or null when it has fired already.</summary>
    public long? Remove(long instance, int taskId)
    {
        lock (gate)
        {
            if (!timers.Remove((instance, taskId), out var id) || !messages.Remove(id, out var message))
                return null;
            order.Remove((message.Due!.Value, id));
            return id;
        }
    }

    public void Dispose() => alarm.Dispose();

    private DateTime Now => time.GetUtcNow().UtcDateTime;

    private void FireDue()
    {
        List<Message> due = [];
        lock (gate)
        {
            while (order.Count > 0 && order.Min is var first && first.Due <= Now)
            {
                order.Remove(first);
                messages.Remove(first.Id, out var message);
                if (message!.Event is History.TimerFired fired)
                    timers.Remove((message.Instance, fired.TaskId));
                due.Add(message);
            }

            SetAlarm();
        }

        foreach (var message in due)
            deliver(message);
    }

    private void SetAlarm()
    {
        if (order.Count == 0)
            return;
        // Timers count whole milliseconds: rounded up, so that it is never early.
        var wait = TimeSpan.FromMilliseconds(Math.Max(0, Math.Ceiling((order.Min.Due - Now).TotalMilliseconds)));
        alarm.Change(wait < LongestSleep ? wait : LongestSleep, Timeout.InfiniteTimeSpan);
        // The clock may have been set between the look at it and the alarm.
        if (order.Count > 0 && order.Min.Due <= Now)
            alarm.Change(TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }
}
