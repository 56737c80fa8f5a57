using System.Collections.Concurrent;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging.Abstractions;
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

    private readonly AcceleratedTime time = new(factor: 20);
    private readonly Mock<DurableTaskClient> client = new("test");
    private readonly ConcurrentQueue<(string Run, string Mark)> told = new();
    private readonly FakeCluster cluster;
    private readonly ChangeNotices notices;

    public ChangeNoticesTests()
    {
        cluster = new(time);
        notices = new(time, NullLogger<ChangeNotices>.Instance);
        client.Setup(client => client.RaiseEventAsync(It.IsAny<string>(), ChangeNotices.EventName, It.IsAny<object>(), It.IsAny<CancellationToken>()))
            .Callback((string run, string _, object mark, CancellationToken _) => told.Enqueue((run, (string)mark)));
    }

    [Fact]
    public async Task A_run_is_told_once_of_what_it_steers_and_of_nothing_else()
    {
        Expect("run1", await MarkAsync());

        cluster.Deploy("v9");
        Write(ResourceType.DestinationRule);
        await ToldAsync(1);
        Write(ResourceType.VirtualService);
        Expect("run1", await MarkAsync());
        Write(ResourceType.VirtualService);
        await ToldAsync(2);

        Assert.All(told, notice => Assert.Equal("run1", notice.Run));
        Assert.Equal(await MarkAsync(), told.Last().Mark);
    }

    [Fact]
    public async Task Only_the_last_run_of_a_service_is_told()
    {
        Expect("run1", await MarkAsync());
        Expect("run2", await MarkAsync());

        Write(ResourceType.VirtualService);
        await ToldAsync(1);

        Assert.Equal("run2", told.Single().Run);
    }

    [Fact]
    public async Task Who_looked_further_than_a_late_watch_is_told_once_until_the_watch_has_caught_up()
    {
        var late = await MarkAsync();

        Expect("run1", "newer");
        await ToldAsync(1);
        Expect("run1", "newer");
        Write(ResourceType.VirtualService);
        await ToldAsync(2);

        Assert.Equal([late, await MarkAsync()], told.Select(notice => notice.Mark));
    }

    [Fact]
    public async Task Who_is_told_already_is_left_alone_for_a_while()
    {
        Expect("run1", "older");
        await ToldAsync(1);
        var first = time.GetUtcNow();
        Write(ResourceType.VirtualService);
        Expect("run1", "older");
        await ToldAsync(2);

        Assert.True(time.GetUtcNow() - first > TimeSpan.FromSeconds(4), $"told again after {time.GetUtcNow() - first}");
    }

    private void Expect(string run, string mark) => notices.Expect(client.Object, run, cluster.Get("default"), Split, mark);

    private Task ToldAsync(int times) => Eventually.Async(() => told.Count == times, Deadline, $"{times} notices");

    private Task<string> MarkAsync() => RunMark.ReadAsync(cluster.Resources, Split, default);

    private void Write(ResourceType type)
    {
        var rule = cluster.Resources.Get(type, "foo", "hello")!;
        rule["metadata"]!["annotations"] = new System.Text.Json.Nodes.JsonObject { ["written"] = Guid.NewGuid().ToString() };
        cluster.Resources.Put(type, rule);
    }
}
