using System.Collections.Concurrent;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Moq;
using Orchestrator.Activities.Canaries;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Domain.Traffic;
using Orchestrator.Fakes;
using Orchestrator.TestKit;

namespace Orchestrator.Activities.Tests.Canaries;

/// <summary>Who is told that somebody wrote what a run steers, and how often.</summary>
public sealed class ChangeNoticesTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);
    private static readonly TrafficSplit Split = new("foo", "hello", "v0-0-1", "v0-0-2", 10);

    private readonly FakeTimeProvider time = new();
    private readonly Mock<DurableTaskClient> client = new("test");
    private readonly ConcurrentQueue<(string Run, string Mark, DateTimeOffset At)> told = new();
    private readonly FakeCluster cluster;
    private readonly ChangeNotices notices;

    public ChangeNoticesTests()
    {
        cluster = new(time);
        notices = new(time, NullLogger<ChangeNotices>.Instance);
        client.Setup(client => client.RaiseEventAsync(It.IsAny<string>(), ChangeNotices.EventName, It.IsAny<object>(), It.IsAny<CancellationToken>()))
            .Callback((string run, string _, object mark, CancellationToken _) => told.Enqueue((run, (string)mark, time.GetUtcNow())));
    }

    [Fact]
    public async Task A_run_is_told_once_of_what_it_steers_and_of_nothing_else()
    {
        await ExpectAsync("run1");

        cluster.Deploy("v9");
        Write(ResourceType.DestinationRule);
        var first = await MarkAsync();
        await ToldAsync(1);
        Write(ResourceType.VirtualService);
        await ExpectAsync("run1");
        Write(ResourceType.VirtualService);
        await ToldAsync(2);

        Assert.Equal([("run1", first), ("run1", await MarkAsync())], told.Select(notice => (notice.Run, notice.Mark)));
    }

    [Fact]
    public async Task The_same_change_is_told_again_once_it_was_undone()
    {
        for (var time = 1; time <= 2; time++)
        {
            await ExpectAsync("run1");
            cluster.Scale(FakeCluster.Stable, 0);
            await ToldAsync(time);
            cluster.Scale(FakeCluster.Stable, 2);
        }

        Assert.Single(told.DistinctBy(notice => notice.Mark));
    }

    [Fact]
    public async Task Only_the_last_run_of_a_service_is_told_and_nobody_of_what_is_forgotten()
    {
        await ExpectAsync("run1");
        await ExpectAsync("run2");
        Write(ResourceType.VirtualService);
        await ToldAsync(1);

        await ExpectAsync("run2");
        notices.Forget("default", "foo", "hello");
        Write(ResourceType.VirtualService);
        await ExpectAsync("run3");
        Write(ResourceType.VirtualService);
        await ToldAsync(2);

        Assert.Equal(["run2", "run3"], told.Select(notice => notice.Run));
    }

    [Fact]
    public async Task What_was_written_while_the_objects_were_looked_at_is_told()
    {
        var changed = cluster.Get("default").Cache.ChangedAsync("foo");
        var mark = await RunMark.ReadAsync(cluster.Get("default").Cache, Split, default);
        Write(ResourceType.VirtualService);
        await changed.WaitAsync(Deadline);

        notices.Expect(client.Object, "run1", cluster.Get("default"), Split, mark, changed);

        await ToldAsync(1);
    }

    [Fact]
    public async Task Who_is_told_again_and_again_is_left_alone_for_longer_and_longer()
    {
        for (var times = 1; times <= 3; times++)
        {
            await ExpectAsync("run1");
            Write(ResourceType.VirtualService);
            await ToldAsync(times);
        }

        var at = told.Select(notice => notice.At).ToArray();
        Assert.True(at[1] - at[0] > TimeSpan.FromSeconds(3), $"{at[1] - at[0]}");
        Assert.True(at[2] - at[1] > TimeSpan.FromSeconds(7), $"{at[2] - at[1]}");
    }

    private async Task ExpectAsync(string run)
    {
        var changed = cluster.Get("default").Cache.ChangedAsync("foo");
        notices.Expect(client.Object, run, cluster.Get("default"), Split, await MarkAsync(), changed);
    }

    /// <summary>Time passes while somebody waits, and only then: how busy the machine is does not count.</summary>
    private Task ToldAsync(int times) => Eventually.Async(
        () =>
        {
            time.Advance(TimeSpan.FromMilliseconds(250));
            return told.Count == times;
        },
        Deadline,
        $"{times} notices");

    private Task<string> MarkAsync() => RunMark.ReadAsync(cluster.Resources, Split, default);

    private void Write(ResourceType type)
    {
        var rule = cluster.Resources.Get(type, "foo", "hello")!;
        rule["metadata"]!["annotations"] = new System.Text.Json.Nodes.JsonObject { ["written"] = Guid.NewGuid().ToString() };
        cluster.Resources.Put(type, rule);
    }
}
