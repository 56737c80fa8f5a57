using Orchestrator.Host.Api;
using Polly;
using Polly.Retry;
using Polly.Timeout;

namespace Orchestrator.Host.Demo;

/// <summary>Repeats calls while the host or the cluster is away: killing either, and starting it again, must not end the demo.</summary>
internal static class Patience
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestAbsence = TimeSpan.FromMinutes(2);

    /// <summary>Makes one call, and repeats it while nobody answers; it may be made more than once.</summary>
    /// <inheritdoc cref="UntilAsync"/>
    public static Task<T> CallAsync<T>(string what, Func<CancellationToken, Task<T>> read, CancellationToken cancellationToken) =>
        UntilAsync(what, LongestAbsence, read, _ => true, _ => "an answer", cancellationToken);

    /// <summary>Reads until what is read is as wanted.</summary>
    /// <param name="what">What is waited for.</param>
    /// <param name="deadline">How long at most.</param>
    /// <param name="read">Reads once.</param>
    /// <param name="isWanted">Whether this is it.</param>
    /// <param name="describe">What was read last, for the message when the deadline passes.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="DemoException">The deadline passed.</exception>
    public static async Task<T> UntilAsync<T>(
        string what,
        TimeSpan deadline,
        Func<CancellationToken, Task<T>> read,
        Func<T, bool> isWanted,
        Func<T, string> describe,
        CancellationToken cancellationToken)
    {
        var last = "no answer; is './orc dev' running?";
        var pipeline = new ResiliencePipelineBuilder<T>()
            .AddTimeout(deadline)
            .AddRetry(new RetryStrategyOptions<T>
            {
                ShouldHandle = new PredicateBuilder<T>().Handle<Exception>(Absence.Is).HandleResult(value => !isWanted(value)),
                MaxRetryAttempts = int.MaxValue,
                Delay = Pause,
                BackoffType = DelayBackoffType.Constant,
            })
            .Build();
        try
        {
            return await pipeline.ExecuteAsync(async token =>
            {
                var value = await read(token);
                last = describe(value);
                return value;
            }, cancellationToken);
        }
        catch (TimeoutRejectedException)
        {
            throw new DemoException($"Waited {deadline.TotalSeconds} s for {what}; last seen: {last}.");
        }
    }
}
