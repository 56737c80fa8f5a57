using Microsoft.DurableTask;
using Moq;

namespace Orchestrator.Durable.Abstractions.Tests;

public sealed class RetryPolicyTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public void Without_further_arguments_delays_stay_the_same_up_to_an_hour_without_a_deadline()
    {
        var policy = new RetryPolicy(3, Second);

        Assert.Equal(1.0, policy.BackoffCoefficient);
        Assert.Equal(TimeSpan.FromHours(1), policy.MaxRetryInterval);
        Assert.Equal(Timeout.InfiniteTimeSpan, policy.RetryTimeout);
        Assert.True(policy.Handle(new InvalidOperationException()));
    }

    [Fact]
    public void Arguments_out_of_range_are_named()
    {
        Assert.Throws<ArgumentOutOfRangeException>("maxNumberOfAttempts", () => new RetryPolicy(0, Second));
        Assert.Throws<ArgumentOutOfRangeException>("firstRetryInterval", () => new RetryPolicy(1, TimeSpan.Zero));
        Assert.Throws<ArgumentOutOfRangeException>("backoffCoefficient", () => new RetryPolicy(1, Second, 0.9));
        Assert.Throws<ArgumentOutOfRangeException>("maxRetryInterval", () => new RetryPolicy(1, Second, maxRetryInterval: Second / 2));
        Assert.Throws<ArgumentOutOfRangeException>("retryTimeout", () => new RetryPolicy(1, Second, retryTimeout: Second / 2));
    }

    [Fact]
    public void An_infinite_longest_delay_and_deadline_are_allowed()
    {
        var policy = new RetryPolicy(1, Second, maxRetryInterval: Timeout.InfiniteTimeSpan, retryTimeout: Timeout.InfiniteTimeSpan);

        Assert.Equal(Timeout.InfiniteTimeSpan, policy.MaxRetryInterval);
    }

    [Fact]
    public void A_failure_filter_sees_the_failure_of_the_task()
    {
        var policy = new RetryPolicy(3, Second) { HandleFailure = failure => failure.IsCausedBy<TimeoutException>() };

        Assert.True(policy.Handle(new TaskFailedException("Task", 0, new TimeoutException())));
        Assert.False(policy.Handle(new TaskFailedException("Task", 0, new InvalidOperationException())));
        Assert.True(policy.Handle(new TimeoutException()));
    }

    [Fact]
    public async Task Options_take_a_policy_or_a_handler()
    {
        var policy = new RetryPolicy(3, Second);
        var context = new RetryContext(
            Mock.Of<TaskOrchestrationContext>(), 2, TaskFailureDetails.FromException(new TimeoutException()), Second, CancellationToken.None);

        Assert.Same(policy, TaskOptions.FromRetryPolicy(policy).Retry!.Policy);
        var handler = TaskOptions.FromRetryHandler((RetryContext failed) => failed.LastAttemptNumber < 3).Retry!;
        Assert.Null(handler.Policy);
        Assert.True(await handler.Handler!(context));
        Assert.False(await handler.Handler!(context with { LastAttemptNumber = 3 }));
    }

    [Fact]
    public void Sub_orchestration_options_keep_what_the_task_options_say()
    {
        var options = new TaskOptions(new RetryPolicy(3, Second)) { Version = "2" }.WithInstanceId("child");

        Assert.Equal("child", options.InstanceId);
        Assert.Equal("2", options.Version?.Version);
        Assert.Equal(3, options.Retry?.Policy?.MaxNumberOfAttempts);
        Assert.Equal("child", new SubOrchestrationOptions((TaskOptions)options).InstanceId);
    }
}
