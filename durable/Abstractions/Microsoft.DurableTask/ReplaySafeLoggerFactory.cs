using Microsoft.Extensions.Logging;

namespace Microsoft.DurableTask;

/// <summary>Makes loggers that are silent during replay.</summary>
internal sealed class ReplaySafeLoggerFactory(TaskOrchestrationContext context, ILoggerFactory inner) : ILoggerFactory
{
    public ILogger CreateLogger(string categoryName) => new ReplaySafeLogger(context, inner.CreateLogger(categoryName));

    public void AddProvider(ILoggerProvider provider) =>
        throw new NotSupportedException("Add logger providers to the host: this factory belongs to one orchestration.");

    // The factory behind it belongs to the host.
    public void Dispose()
    {
    }
}
