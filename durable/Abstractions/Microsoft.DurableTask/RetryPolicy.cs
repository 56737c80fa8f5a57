namespace Microsoft.DurableTask;

/// <summary>How often and how far apart a failed task is tried again. The delays are durable timers, without jitter.</summary>
public class RetryPolicy
{
    /// <summary>Makes a policy.</summary>
    /// <param name="maxNumberOfAttempts">How many attempts in all, at least 1.</param>
    /// <param name="firstRetryInterval">The delay before the second attempt, above zero.</param>
    /// <param name="backoffCoefficient">By what each further delay grows, at least 1; default 1.</param>
    /// <param name="maxRetryInterval">The longest delay; default one hour, <see cref="Timeout.InfiniteTimeSpan"/> for none.</param>
    /// <param name="retryTimeout">No attempt begins after this time; default none.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of its range.</exception>
    public RetryPolicy(
        int maxNumberOfAttempts,
        TimeSpan firstRetryInterval,
        double backoffCoefficient = 1.0,
        TimeSpan? maxRetryInterval = default,
        TimeSpan? retryTimeout = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxNumberOfAttempts);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(firstRetryInterval, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(backoffCoefficient, 1.0);
        ThrowIfShorter(maxRetryInterval, firstRetryInterval, nameof(maxRetryInterval));
        ThrowIfShorter(retryTimeout, firstRetryInterval, nameof(retryTimeout));
        MaxNumberOfAttempts = maxNumberOfAttempts;
        FirstRetryInterval = firstRetryInterval;
        BackoffCoefficient = backoffCoefficient;
        MaxRetryInterval = maxRetryInterval ?? TimeSpan.FromHours(1);
        RetryTimeout = retryTimeout ?? Timeout.InfiniteTimeSpan;
    }

    /// <summary>How many attempts in all.</summary>
    public int MaxNumberOfAttempts { get; }

    /// <summary>The delay before the second attempt.</summary>
    public TimeSpan FirstRetryInterval { get; }

    /// <summary>By what each further delay grows.</summary>
    public double BackoffCoefficient { get; }

    /// <summary>The longest delay; <see cref="Timeout.InfiniteTimeSpan"/> when there is none.</summary>
    public TimeSpan MaxRetryInterval { get; }

    /// <summary>No attempt begins after this time; <see cref="Timeout.InfiniteTimeSpan"/> when there is none.</summary>
    public TimeSpan RetryTimeout { get; }

    /// <summary>Whether a failure is worth another attempt; by default every one is. Set by <see cref="HandleFailure"/>.</summary>
    public Func<Exception, bool> Handle { get; private init; } = static _ => true;

    /// <summary>Whether a failure, as the task reported it, is worth another attempt; by default every one is.</summary>
    public Func<TaskFailureDetails, bool> HandleFailure
    {
        init
        {
            ArgumentNullException.ThrowIfNull(value);
            Handle = exception => value((exception as TaskFailedException)?.FailureDetails ?? TaskFailureDetails.FromException(exception));
        }
    }

    private static void ThrowIfShorter(TimeSpan? value, TimeSpan firstRetryInterval, string name)
    {
        if (value is { } given && given != Timeout.InfiniteTimeSpan)
            ArgumentOutOfRangeException.ThrowIfLessThan(given, firstRetryInterval, name);
    }
}
