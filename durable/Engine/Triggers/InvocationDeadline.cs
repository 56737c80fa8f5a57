using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Orchestrator.Durable.Engine.Triggers;

/// <summary>Ends an invocation when its time is over, the host stops, or its caller is gone.</summary>
internal sealed class InvocationDeadline : IDisposable
{
    // What a function that heeds its token needs to come to its end.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);

    private readonly string _function;
    private readonly TimeSpan _timeout;
    private readonly CancellationToken _stopping;
    private readonly CancellationTokenSource _timer;
    private readonly CancellationTokenSource _any;
    private readonly TimeProvider _time;
    private CancellationTokenSource? _overdue;

    internal InvocationDeadline(string function, TimeSpan timeout, IServiceProvider services, CancellationToken caller)
    {
        _function = function;
        _timeout = timeout;
        _stopping = services.GetService<IHostApplicationLifetime>()?.ApplicationStopping ?? CancellationToken.None;
        _time = services.GetRequiredService<TimeProvider>();
        _timer = new(timeout, _time);
        _any = CancellationTokenSource.CreateLinkedTokenSource(_timer.Token, _stopping, caller);
    }

    /// <summary>The token of the invocation.</summary>
    internal CancellationToken Token => _any.Token;

    /// <summary>
    /// Cancelled when, from the first call, the time and 10 s are over: the function does not heed its token, and is no longer waited for.
    /// </summary>
    internal CancellationToken Overdue =>
        (_overdue ??= new(_timeout == Timeout.InfiniteTimeSpan ? _timeout : _timeout + Grace, _time)).Token;

    /// <summary>Why the invocation was cancelled.</summary>
    /// <returns>
    /// A cancellation that bears the host's stopping token when the host stops, so that an engine can tell it from a failure and run the
    /// activity again; a <see cref="TimeoutException"/> when the time is over; else the cancellation itself.
    /// </returns>
    internal Exception Explain(OperationCanceledException cancelled)
    {
        if (_stopping.IsCancellationRequested)
        {
            return new OperationCanceledException($"Function '{_function}' was cut short because the host stops.", cancelled, _stopping);
        }

        return _timer.IsCancellationRequested
            ? new TimeoutException($"Function '{_function}' took longer than functionTimeout of host.json, {_timeout}.", cancelled)
            : cancelled;
    }

    public void Dispose()
    {
        _overdue?.Dispose();
        _any.Dispose();
        _timer.Dispose();
    }
}
