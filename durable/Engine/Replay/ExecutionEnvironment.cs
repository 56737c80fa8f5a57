using Microsoft.Extensions.Logging;

namespace Orchestrator.Durable.Engine.Replay;

/// <summary>What an orchestrator's code may use, the same for all.</summary>
internal sealed record ExecutionEnvironment(PayloadSerializer Payloads, ILoggerFactory Loggers)
{
    public required TimeSpan MaximumTimerInterval { get; init; }

    public required string DefaultVersion { get; init; }
}

/// <summary>The next execution that the code asked for.</summary>
internal sealed record ContinueAsNewRequest(string? Input, bool PreserveUnprocessedEvents, string? NewVersion);
