namespace Orchestrator.TestKit;

/// <summary>Waits for what another thread or process does, with a deadline.</summary>
public static class Eventually
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(25);

    /// <summary>Returns when <paramref name="condition"/> holds.</summary>
    /// <param name="condition">Asked again and again; an exception counts as "not yet" and is shown when the deadline passes.</param>
    /// <param name="deadline">How long to wait at most.</param>
    /// <param name="what">What is waited for, in words, for the failure's message.</param>
    /// <param name="cancellation">Ends the wait early.</param>
    /// <exception cref="TimeoutException">The deadline passed.</exception>
    public static Task Async(Func<Task<bool>> condition, TimeSpan deadline, string what, CancellationToken cancellation = default) =>
        GetAsync(async () => await condition() ? what : null, deadline, what, cancellation);

    /// <inheritdoc cref="Async(Func{Task{bool}}, TimeSpan, string, CancellationToken)"/>
    public static Task Async(Func<bool> condition, TimeSpan deadline, string what, CancellationToken cancellation = default) =>
        Async(() => Task.FromResult(condition()), deadline, what, cancellation);

    /// <summary>Returns the first value that is not null.</summary>
    /// <inheritdoc cref="Async(Func{Task{bool}}, TimeSpan, string, CancellationToken)"/>
    public static async Task<T> GetAsync<T>(Func<Task<T?>> read, TimeSpan deadline, string what, CancellationToken cancellation = default)
        where T : class
    {
        var started = TimeProvider.System.GetTimestamp();
        Exception? last;
        do
        {
            try
            {
                if (await read() is { } value)
                {
                    return value;
                }

                last = null;
            }
            catch (Exception exception) when (exception is not OperationCanceledException || !cancellation.IsCancellationRequested)
            {
                last = exception;
            }

            await Task.Delay(Pause, cancellation);
        }
        while (TimeProvider.System.GetElapsedTime(started) < deadline);

        throw new TimeoutException($"Waited {deadline} for: {what}.{(last is null ? "" : $" The last attempt failed: {last.Message}")}", last);
    }
}
