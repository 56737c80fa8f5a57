using Microsoft.Extensions.Logging;
using Orchestrator.Simulator.Store;

namespace Orchestrator.Simulator.Controllers;

/// <summary>Runs all controllers, one reconciliation at a time; a key that is woken twice is looked at once.</summary>
internal sealed partial class ControllerLoop(ClusterStore store, IReadOnlyList<Controller> controllers, TimeProvider time, ILogger logger) : IAsyncDisposable
{
    /// <summary>Somebody wrote in between: look again at once.</summary>
    private static readonly TimeSpan AfterConflict = TimeSpan.FromMilliseconds(20);

    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(1);

    private readonly Lock gate = new();
    private readonly Dictionary<(Controller Controller, ObjectKey Key), DateTimeOffset> due = [];
    private readonly PriorityQueue<(Controller Controller, ObjectKey Key, DateTimeOffset At), DateTimeOffset> queue = new();
    private readonly CancellationTokenSource stopping = new();
    private TaskCompletionSource woken = new();
    private IDisposable? subscription;
    private Task running = Task.CompletedTask;

    public void Start()
    {
        subscription = store.Subscribe(change =>
        {
            foreach (var controller in controllers)
                foreach (var (key, after) in controller.Wakes(change))
                    Enqueue(controller, key, after);
        });
        foreach (var controller in controllers)
            foreach (var key in controller.All())
                Enqueue(controller, key, TimeSpan.Zero);
        running = Task.Run(RunAsync);
    }

    public async ValueTask DisposeAsync()
    {
        subscription?.Dispose();
        await stopping.CancelAsync();
        await running;
        stopping.Dispose();
    }

    private async Task RunAsync()
    {
        while (!stopping.IsCancellationRequested)
        {
            if (TakeDue(out var wait, out var somethingNew) is var (controller, key))
            {
                if (Reconcile(controller, key) is { } again) Enqueue(controller, key, again);
                continue;
            }

            using var waited = CancellationTokenSource.CreateLinkedTokenSource(stopping.Token);
            await Task.WhenAny(somethingNew, Task.Delay(wait, time, waited.Token));
            await waited.CancelAsync();
        }
    }

    private TimeSpan? Reconcile(Controller controller, ObjectKey key)
    {
        try
        {
            return controller.Reconcile(key);
        }
        catch (KubeException conflict) when (conflict.Code is 404 or 409)
        {
            return AfterConflict;
        }
        catch (ObjectDisposedException)
        {
            // The store is closed: the process ends.
            return null;
        }
        catch (Exception failure)
        {
            ReconcileFailed(logger, failure, controller.GetType().Name, key.Namespace, key.Name);
            return AfterFailure;
        }
    }

    private void Enqueue(Controller controller, ObjectKey key, TimeSpan after)
    {
        var at = time.GetUtcNow() + after;
        lock (gate)
        {
            if (due.TryGetValue((controller, key), out var earlier) && earlier <= at) return;
            due[(controller, key)] = at;
            queue.Enqueue((controller, key, at), at);
            woken.TrySetResult();
        }
    }

    private (Controller Controller, ObjectKey Key)? TakeDue(out TimeSpan wait, out Task somethingNew)
    {
        lock (gate)
        {
            // Taken with the look at the queue, so that nothing which comes later is missed. Continuations run elsewhere: the setter holds the lock.
            somethingNew = (woken = new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
            while (queue.TryPeek(out var next, out var at))
            {
                // An entry that was overtaken by an earlier one for the same key.
                if (!due.TryGetValue((next.Controller, next.Key), out var current) || current != at)
                {
                    queue.Dequeue();
                    continue;
                }

                wait = at - time.GetUtcNow();
                if (wait > TimeSpan.Zero) return null;
                queue.Dequeue();
                due.Remove((next.Controller, next.Key));
                return (next.Controller, next.Key);
            }

            wait = Timeout.InfiniteTimeSpan;
            return null;
        }
    }

    [LoggerMessage(LogLevel.Error, "{Controller} failed on {Namespace}/{Name}; it tries again in a second.")]
    private static partial void ReconcileFailed(ILogger logger, Exception failure, string controller, string @namespace, string name);
}
