using Microsoft.Extensions.Logging;

namespace Microsoft.DurableTask;

/// <summary>Makes loggers that are silent during replay.</summary>
internal sealed class ReplaySafeLoggerFactory(TaskOrchestrationContext context, Func<ILoggerFactory> source) : ILoggerFactory
{
    private const int DeepestWrap = 10;
    private readonly Func<ILoggerFactory> _source = source;

    public ILogger CreateLogger(string categoryName) => new ReplaySafeLogger(context, Unwrap().CreateLogger(categoryName));

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException(
        "Adding a provider to a replay-safe logger factory is not supported, as it belongs to one orchestration: add it to the host.");

    // The factory behind it belongs to the host.
    public void Dispose()
    {
    }

    /// <summary>The host's factory. A context that wraps another one has the replay-safe factory of that: one check for replay is enough.</summary>
    /// <exception cref="InvalidOperationException">Contexts wrap each other without end.</exception>
    private ILoggerFactory Unwrap()
    {
        var factory = _source();
        for (var depth = 0; factory is ReplaySafeLoggerFactory wrapped; depth++)
        {
            if (depth == DeepestWrap)
            {
                throw new InvalidOperationException(
                    $"Maximum unwrap depth exceeded: LoggerFactory of {context.GetType()} leads back to its own ReplaySafeLoggerFactory.");
            }

            factory = wrapped._source();
        }

        return factory;
    }
}
