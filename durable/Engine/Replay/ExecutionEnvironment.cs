using Microsoft.Extensions.Logging;

namespace Orchestrator.Durable.Engine.Replay;

/// <summary>What an orchestrator's code may use, the same for all.</summary>
internal sealed record ExecutionEnvironment(PayloadSerializer Payloads, ILoggerFactory Loggers)
{
    public required TimeSpan MaximumTimerInterval { get; init; }

    public required string DefaultVersion { get; init; }

    /// <summary>What to keep of an exception besides its type, message and stack trace.</summary>
    public Func<Exception, IDictionary<string, object?>?>? ExceptionProperties { get; init; }
}

/// <summary>The next execution that the code asked for.</summary>
internal sealed record ContinueAsNewRequest(string? Input, bool PreserveUnprocessedEvents, string? NewVersion);
