using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Moq;

namespace Orchestrator.Durable.Abstractions.Tests;

public sealed class DurableTaskClientTests
{
    private readonly Mock<DurableTaskClient> _client = new("test") { CallBase = true };

    [Fact]
    public async Task Every_way_to_start_ends_in_the_one_that_a_host_or_mock_implements()
    {
        var options = new StartOrchestrationOptions("tenant.foo");
        _client.Setup(client => client.ScheduleNewOrchestrationInstanceAsync("Run", null, options, default)).ReturnsAsync("tenant.foo");
        _client.Setup(client => client.ScheduleNewOrchestrationInstanceAsync("Run", 7, null, default)).ReturnsAsync("7");

        Assert.Equal("tenant.foo", await _client.Object.ScheduleNewOrchestrationInstanceAsync("Run", options));
        Assert.Equal("7", await _client.Object.ScheduleNewOrchestrationInstanceAsync("Run", 7, CancellationToken.None));
    }

    [Fact]
    public async Task Both_names_of_get_are_one()
    {
        var metadata = new OrchestrationMetadata("Run", "tenant.foo");
        _client.Setup(client => client.GetInstancesAsync("tenant.foo", true, default)).ReturnsAsync(metadata);

        Assert.Same(metadata, await _client.Object.GetInstanceAsync("tenant.foo", getInputsAndOutputs: true));
        Assert.Null(await _client.Object.GetInstanceAsync("tenant.foo", CancellationToken.None));
    }

    [Fact]
    public async Task An_output_of_terminate_becomes_options()
    {
        _client.Setup(client => client.TerminateInstanceAsync("id", It.IsAny<TerminateInstanceOptions?>(), default)).Returns(Task.CompletedTask);

        await _client.Object.TerminateInstanceAsync("id", (object)"enough");
        await _client.Object.TerminateInstanceAsync("id", CancellationToken.None);

        _client.Verify(client => client.TerminateInstanceAsync("id", new TerminateInstanceOptions("enough", false), default), Times.Once);
        _client.Verify(client => client.TerminateInstanceAsync("id", (TerminateInstanceOptions?)null, default), Times.Once);
    }

    [Fact]
    public void What_a_host_does_not_implement_says_so() =>
        Assert.Contains(
            "cannot rewind instances",
            Assert.Throws<NotSupportedException>(() => { _ = _client.Object.RewindInstanceAsync("id", "why"); }).Message,
            StringComparison.Ordinal);

    [Fact]
    public void A_negative_count_is_no_result_of_a_purge() => Assert.Throws<ArgumentOutOfRangeException>(() => new PurgeResult(-1));
}
