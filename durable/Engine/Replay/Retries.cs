using Microsoft.DurableTask;

namespace Orchestrator.Durable.Engine.Replay;

/// <summary>Repeats a failed call as its policy or handler says, with durable timers in between.</summary>
internal static class Retries
{
    private static readonly HashSet<string> NeverRetried = ["ActivityTaskNotFound", "OrchestratorTaskNotFound", "VersionMismatch"];

    public static Task<T> Call<T>(TaskOrchestrationContext context, TaskRetryOptions? retry, Func<Task<T>> call) => retry switch
    {
        { Policy: { } policy } => CallWithPolicy(context, policy, call),
        { Handler: { } handler } => CallWithHandler(context, handler, call),
        _ => call(),
    };

    /// <summary>The time to wait after a failed attempt; null when there shall be no other.</summary>
    /// <param name="policy">The policy.</param>
    /// <param name="attempt">The attempt that failed, from 1.</param>
    /// <param name="elapsed">The time since the first attempt began.</param>
    public static TimeSpan? DelayAfter(RetryPolicy policy, int attempt, TimeSpan elapsed)
    {
        if (attempt >= policy.MaxNumberOfAttempts || (policy.RetryTimeout != Timeout.InfiniteTimeSpan && elapsed >= policy.RetryTimeout))
            return null;
        var milliseconds = policy.FirstRetryInterval.TotalMilliseconds * Math.Pow(policy.BackoffCoefficient, attempt - 1);
        var longest = policy.MaxRetryInterval == Timeout.InfiniteTimeSpan ? TimeSpan.MaxValue : policy.MaxRetryInterval;
        return milliseconds < longest.TotalMilliseconds ? TimeSpan.FromMilliseconds(milliseconds) : longest;
    }

    private static async Task<T> CallWithPolicy<T>(TaskOrchestrationContext context, RetryPolicy policy, Func<Task<T>> call)
    {
        var started = context.CurrentUtcDateTime;
        for (var attempt = 1; ; attempt++)
        {
            TaskFailedException failure;
            try
            {
                return await call();
            }
            catch (TaskFailedException e) when (!NeverRetried.Contains(e.FailureDetails.ErrorType) && policy.Handle(e))
            {
                failure = e;
            }

            var delay = DelayAfter(policy, attempt, context.CurrentUtcDateTime - started);
            if (delay is not null || attempt == policy.MaxNumberOfAttempts)
            {
                // The genuine stack sets a timer after the last attempt too: histories show it, so that ids agree.
                await context.CreateTimer(context.CurrentUtcDateTime + (delay ?? TimeSpan.Zero), CancellationToken.None);
            }

            if (delay is null)
                System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure);
        }
    }

    private static async Task<T> CallWithHandler<T>(TaskOrchestrationContext context, AsyncRetryHandler handler, Func<Task<T>> call)
    {
        var started = context.CurrentUtcDateTime;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await call();
            }
            catch (TaskFailedException e) when (!NeverRetried.Contains(e.FailureDetails.ErrorType))
            {
                var retry = new RetryContext(context, attempt, e.FailureDetails, context.CurrentUtcDateTime - started, CancellationToken.None);
                if (!await handler(retry))
                    throw;
            }
        }
    }
}
