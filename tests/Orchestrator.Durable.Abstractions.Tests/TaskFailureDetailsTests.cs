using Microsoft.DurableTask;

namespace Orchestrator.Durable.Abstractions.Tests;

public sealed class TaskFailureDetailsTests
{
    [Fact]
    public void A_failure_is_caused_by_its_own_type_and_every_base_type()
    {
        var failure = TaskFailureDetails.FromException(new OddException("no"));

        Assert.True(failure.IsCausedBy<OddException>());
        Assert.True(failure.IsCausedBy<ArgumentException>());
        Assert.True(failure.IsCausedBy<Exception>());
        Assert.False(failure.IsCausedBy<ArgumentNullException>());
    }

    [Fact]
    public void A_type_of_another_loaded_assembly_is_found_by_name_alone()
    {
        var failure = new TaskFailureDetails(typeof(Xunit.Sdk.XunitException).FullName!, "no", null, null, null);

        Assert.True(failure.IsCausedBy<Exception>());
    }

    [Fact]
    public void A_type_that_no_assembly_has_is_caused_by_nothing() =>
        Assert.False(new TaskFailureDetails("Nowhere.NeverException", "no", null, null, null).IsCausedBy<Exception>());

    [Fact]
    public void Only_exception_types_can_be_asked_for() =>
        Assert.Throws<ArgumentException>(() => TaskFailureDetails.FromException(new OddException("no")).IsCausedBy(typeof(string)));

    [Fact]
    public void Inner_exceptions_become_inner_failures()
    {
        var failure = TaskFailureDetails.FromException(new InvalidOperationException("outer", new OddException("inner")));

        Assert.Equal(("outer", "inner"), (failure.ErrorMessage, failure.InnerFailure?.ErrorMessage));
    }

    [Fact]
    public void A_task_that_failed_because_of_a_task_keeps_the_cause()
    {
        var activity = new TaskFailedException("Activity", 3, new OddException("no"));

        var failure = TaskFailureDetails.FromException(activity);

        Assert.Equal("Microsoft.DurableTask.TaskFailedException", failure.ErrorType);
        Assert.Equal("Task 'Activity' (#3) failed with an unhandled exception: no", failure.ErrorMessage);
        Assert.True(failure.InnerFailure!.IsCausedBy<OddException>());
    }

    private sealed class OddException(string message) : ArgumentException(message);
}
