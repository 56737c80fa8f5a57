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
    public void What_a_host_does_not_implement_says_so()
    {
        var client = _client.Object;
        (string Verb, Func<object> Call)[] missing =
        [
            ("rewind", () => client.RewindInstanceAsync("id", "why")),
            ("history", () => client.GetOrchestrationHistoryAsync("id")),
            ("ids", () => client.ListInstanceIdsAsync()),
            ("entities", () => client.Entities),
        ];

        Assert.All(missing, each =>
            Assert.Contains(each.Verb, Assert.Throws<NotSupportedException>(() => { each.Call(); }).Message, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Purges_in_their_older_forms_reach_the_one_that_a_host_implements()
    {
        var (from, to) = (DateTimeOffset.UnixEpoch, DateTimeOffset.MaxValue);
        OrchestrationRuntimeStatus[] statuses = [OrchestrationRuntimeStatus.Failed];
        var recursive = new PurgeInstanceOptions(Recursive: true);
        _client.Setup(client => client.PurgeAllInstancesAsync(It.IsAny<PurgeInstancesFilter>(), It.IsAny<PurgeInstanceOptions?>(), default))
            .ReturnsAsync(new PurgeResult(1));

        await _client.Object.PurgeInstancesAsync(from, to);
        await _client.Object.PurgeInstancesAsync(from, to, recursive);
        await _client.Object.PurgeInstancesAsync(from, to, statuses);
        await _client.Object.PurgeInstancesAsync(from, to, statuses, recursive);

        Verify(null, null);
        Verify(null, recursive);
        Verify(statuses, null);
        Verify(statuses, recursive);

        void Verify(OrchestrationRuntimeStatus[]? which, PurgeInstanceOptions? options) =>
            _client.Verify(client => client.PurgeAllInstancesAsync(new PurgeInstancesFilter(from, to, which), options, default), Times.Once);
    }

    [Fact]
    public void Serialized_data_reads_itself()
    {
        Assert.Equal([1, 2], new SerializedData("[1,2]").ReadAs<int[]>());
        Assert.Throws<ArgumentNullException>(() => new SerializedData(null!));
    }

    [Fact]
    public void A_negative_count_is_no_result_of_a_purge() => Assert.Throws<ArgumentOutOfRangeException>(() => new PurgeResult(-1));
}
