namespace Microsoft.DurableTask;

/// <summary>What a retry handler knows of the attempts so far.</summary>
/// <param name="OrchestrationContext">The context of the orchestration that called the task.</param>
/// <param name="LastAttemptNumber">The number of the attempt that failed, from 1.</param>
/// <param name="LastFailure">How it failed.</param>
/// <param name="TotalRetryTime">The time since the first attempt began, by the clock of the orchestration.</param>
/// <param name="CancellationToken">Cancels the retries.</param>
public record RetryContext(
    TaskOrchestrationContext OrchestrationContext,
    int LastAttemptNumber,
    TaskFailureDetails LastFailure,
    TimeSpan TotalRetryTime,
    CancellationToken CancellationToken);
