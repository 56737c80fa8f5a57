using Microsoft.DurableTask;
using Orchestrator.Durable.Engine.Inspection;

namespace Orchestrator.Durable.Engine.Replay;

/// <summary>Repeats a failed call as its policy or handler says, with durable timers in between.</summary>
internal static class Retries
{
    private static readonly HashSet<string> NeverRetried = ["ActivityTaskNotFound", "OrchestratorTaskNotFound", "VersionMismatch"];

    public static Task<T> Call<T>(
        TaskOrchestrationContext context, OrchestrationExecution execution, TaskRetryOptions? retry, Func<Task<T>> call) => retry switch
        {
            { Policy: { } policy } => CallWithPolicy(context, execution, policy, call),
            { Handler: { } handler } => CallWithHandler(context, execution, handler, call),
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

    private static async Task<T> CallWithPolicy<T>(
        TaskOrchestrationContext context, OrchestrationExecution execution, RetryPolicy policy, Func<Task<T>> call)
    {
        var started = context.CurrentUtcDateTime;
        string? lastFailure = null;
        for (var attempt = 1; ; attempt++)
        {
            TaskFailedException failure;
            try
            {
                return await As(execution, new(attempt, lastFailure), call);
            }
            catch (TaskFailedException e) when (!NeverRetried.Contains(e.FailureDetails.ErrorType) && policy.Handle(e))
            {
                failure = e;
                lastFailure = e.FailureDetails.ErrorMessage;
            }

            var delay = DelayAfter(policy, attempt, context.CurrentUtcDateTime - started);
            if (delay is not null || attempt == policy.MaxNumberOfAttempts)
            {
                // The genuine stack sets a timer after the last attempt too: histories show it, so that ids agree.
                var due = context.CurrentUtcDateTime + (delay ?? TimeSpan.Zero);
                await As(execution, new(attempt + 1, lastFailure), () => context.CreateTimer(due, CancellationToken.None));
            }

            if (delay is null)
                System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure);
        }
    }

    private static async Task<T> CallWithHandler<T>(
        TaskOrchestrationContext context, OrchestrationExecution execution, AsyncRetryHandler handler, Func<Task<T>> call)
    {
        var started = context.CurrentUtcDateTime;
        string? lastFailure = null;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await As(execution, new(attempt, lastFailure), call);
            }
            catch (TaskFailedException e) when (!NeverRetried.Contains(e.FailureDetails.ErrorType))
            {
                lastFailure = e.FailureDetails.ErrorMessage;
                var retry = new RetryContext(context, attempt, e.FailureDetails, context.CurrentUtcDateTime - started, CancellationToken.None);
                if (!await handler(retry))
                    throw;
            }
        }
    }

    /// <summary>Takes an action and notes which attempt it belongs to, for those who ask what the instance waits for.</summary>
    private static T As<T>(OrchestrationExecution execution, CallAttempt attempt, Func<T> action)
    {
        execution.Attempt = attempt;
        try
        {
            return action();
        }
        finally
        {
            execution.Attempt = null;
        }
    }
}
