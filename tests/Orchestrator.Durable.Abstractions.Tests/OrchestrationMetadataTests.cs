using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Converters;

namespace Orchestrator.Durable.Abstractions.Tests;

public sealed class OrchestrationMetadataTests
{
    [Fact]
    public void Payloads_are_read_where_they_were_asked_for()
    {
        var metadata = new OrchestrationMetadata("Run", "id")
        {
            DataConverter = JsonDataConverter.Default,
            SerializedInput = "7",
            SerializedOutput = "\"done\"",
        };

        Assert.Equal(7, metadata.ReadInputAs<int>());
        Assert.Equal("done", metadata.ReadOutputAs<string>());
        Assert.Null(metadata.ReadCustomStatusAs<string>());
    }

    [Fact]
    public void Payloads_that_were_not_asked_for_are_an_error_that_names_the_instance()
    {
        var failure = Assert.Throws<InvalidOperationException>(() => new OrchestrationMetadata("Run", "tenant.foo").ReadOutputAs<string>());

        Assert.Contains("ReadOutputAs needs the payloads: fetch instance 'tenant.foo'", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(OrchestrationRuntimeStatus.Pending, false, false)]
    [InlineData(OrchestrationRuntimeStatus.Running, true, false)]
    [InlineData(OrchestrationRuntimeStatus.Suspended, false, false)]
    [InlineData(OrchestrationRuntimeStatus.Completed, false, true)]
    [InlineData(OrchestrationRuntimeStatus.Failed, false, true)]
    [InlineData(OrchestrationRuntimeStatus.Terminated, false, true)]
    public void Completed_failed_and_terminated_are_the_ends(OrchestrationRuntimeStatus status, bool isRunning, bool isCompleted)
    {
        var metadata = new OrchestrationMetadata("Run", "id") { RuntimeStatus = status };

        Assert.Equal((isRunning, isCompleted), (metadata.IsRunning, metadata.IsCompleted));
    }

    [Fact]
    public void Its_text_cuts_long_payloads_short()
    {
        var metadata = new OrchestrationMetadata("Run", "id")
        {
            SerializedInput = new string('x', 60),
            FailureDetails = new TaskFailureDetails("E", "no", null, null, null),
        };

        Assert.Contains($"Input: '{new string('x', 50)}...', FailureDetails: 'E - no']", metadata.ToString(), StringComparison.Ordinal);
    }
}
