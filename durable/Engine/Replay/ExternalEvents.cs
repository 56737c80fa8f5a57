using Microsoft.DurableTask;
using Orchestrator.Durable.Engine.History;

namespace Orchestrator.Durable.Engine.Replay;

/// <summary>Matches external events with the code that waits for them: the latest waiter first, buffered events in the order of arrival.</summary>
internal sealed class ExternalEvents(DataConverter converter)
{
    private readonly Dictionary<string, Stack<Waiter>> waiters = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<EventRaised> buffer = [];

    /// <summary>Events that nobody has asked for yet.</summary>
    public IReadOnlyList<EventRaised> Buffered => buffer;

    /// <summary>The names of the events that the code waits for, once for each waiter.</summary>
    public IEnumerable<string> Awaited =>
        waiters.SelectMany(name => name.Value.Where(waiter => waiter.IsWaiting).Select(_ => name.Key));

    public bool HasWaiters => waiters.Values.Any(stack => stack.Any(waiter => waiter.IsWaiting));

    public void Raise(EventRaised raised)
    {
        // A cancelled waiter is passed over: it must not swallow the event.
        if (waiters.TryGetValue(raised.Name, out var stack))
        {
            while (stack.TryPop(out var waiter))
            {
                if (waiter.TryDeliver(raised.Input))
                    return;
            }
        }

        buffer.Add(raised);
    }

    /// <exception cref="ArgumentException">Somebody waits for the same event with another type.</exception>
    public Task<T> Wait<T>(string name, CancellationToken cancellationToken)
    {
        var arrived = buffer.FindIndex(raised => string.Equals(raised.Name, name, StringComparison.OrdinalIgnoreCase));
        if (arrived >= 0)
        {
            var payload = buffer[arrived].Input;
            buffer.RemoveAt(arrived);
            return Task.FromResult(converter.Deserialize<T>(payload)!);
        }

        if (!waiters.TryGetValue(name, out var stack))
            waiters[name] = stack = [];
        if (stack.FirstOrDefault(other => other.IsWaiting && other.EventType != typeof(T)) is { } conflict)
        {
            throw new ArgumentException(
                $"Event '{name}' is already awaited as {conflict.EventType}, now as {typeof(T)}: await events of one name with one type.",
                nameof(name));
        }

        var waiter = new Waiter<T>(converter);
        stack.Push(waiter);
        if (cancellationToken.CanBeCanceled)
            cancellationToken.Register(waiter.Cancel);
        return waiter.Task;
    }

    private abstract class Waiter
    {
        public abstract Type EventType { get; }

        public abstract bool IsWaiting { get; }

        /// <summary>Returns false when the waiter no longer waits.</summary>
        public abstract bool TryDeliver(string? payload);
    }

    private sealed class Waiter<T>(DataConverter converter) : Waiter
    {
        private readonly TaskCompletionSource<T> source = new();

        public Task<T> Task => source.Task;

        public override Type EventType => typeof(T);

        public override bool IsWaiting => !source.Task.IsCompleted;

        public override bool TryDeliver(string? payload)
        {
            if (!IsWaiting)
                return false;
            T value;
            try
            {
                value = converter.Deserialize<T>(payload)!;
            }
            catch (Exception e)
            {
                return source.TrySetException(e);
            }

            return source.TrySetResult(value);
        }

        public void Cancel() => source.TrySetCanceled();
    }
}
