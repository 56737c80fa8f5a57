using Microsoft.DurableTask.Client;
using Orchestrator.Durable.Engine.Dispatch;
using Orchestrator.Durable.Engine.Store;

namespace Orchestrator.Durable.Engine.Tests.Dispatch;

public sealed class InstanceWatchTests
{
    private static readonly InstanceRow Row =
        new(1, "a", "e", "Hello", "", OrchestrationRuntimeStatus.Running) { Created = default, Updated = default, NextSequence = 0 };

    [Fact]
    public async Task A_change_that_falls_between_looking_and_waiting_is_not_missed()
    {
        var watch = new InstanceWatch();
        InstanceRow? row = null;
        var wait = watch.WaitAsync("a", Find, _ => true, CancellationToken.None);
        Assert.Same(Row, await Expect.Within(wait, "the row"));
        Assert.Equal(0, watch.Count);

        InstanceRow? Find(string id)
        {
            var seen = row;
            row = Row;
            watch.Signal(id);
            return seen;
        }
    }

    [Fact]
    public async Task A_wait_that_is_given_up_leaves_nothing_behind_and_the_others_wait_on()
    {
        var watch = new InstanceWatch();
        InstanceRow? row = null;
        using var cancel = new CancellationTokenSource();
        var given = watch.WaitAsync("a", _ => row, _ => true, cancel.Token);
        var kept = watch.WaitAsync("a", _ => row, _ => true, CancellationToken.None);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => given);
        Assert.Equal(1, watch.Count);
        row = Row;
        watch.Signal("a");
        await Expect.Within(kept, "the other wait");
        Assert.Equal(0, watch.Count);
    }
}
