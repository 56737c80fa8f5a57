using DurableTask.Core.Exceptions;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Orchestrator.Durable.Engine.Tests.Engine;

[Section("Id reuse")]
public sealed class InstanceIdTests
{
    [Theory, EachStore]
    public async Task A_second_start_of_a_live_instance_is_a_conflict_and_of_an_ended_one_a_new_run(StoreKind store)
    {
        await using var host = await SimpleTasks.StartAsync(store);
        await host.Client.ScheduleNewOrchestrationInstanceAsync("Wait", new StartOrchestrationOptions("w"));
        await host.Started("w");
        var conflict = await Assert.ThrowsAsync<OrchestrationAlreadyExistsException>(
            () => host.Client.ScheduleNewOrchestrationInstanceAsync("Wait", new StartOrchestrationOptions("w")));
        Assert.Contains("'w'", conflict.Message, StringComparison.Ordinal);
        await host.Client.RaiseEventAsync("w", "E", "first");
        await host.Completion("w");
        await host.Client.ScheduleNewOrchestrationInstanceAsync("Wait", new StartOrchestrationOptions("w"));
        await host.Client.RaiseEventAsync("w", "E", "second");
        Assert.Equal("second", (await host.Completion("w")).ReadOutputAs<string>());
    }

    [Theory, EachStore]
    [Scenario(5)]
    public async Task Of_a_hundred_starts_of_one_id_one_wins(StoreKind store)
    {
        await using var host = await SimpleTasks.StartAsync(store);
        var starts = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => Task.Run(async () =>
        {
            try
            {
                await host.Client.ScheduleNewOrchestrationInstanceAsync("Wait", new StartOrchestrationOptions("w"));
                return true;
            }
            catch (OrchestrationAlreadyExistsException)
            {
                return false;
            }
        })));
        Assert.Single(starts, won => won);
    }

    [Theory, EachStore]
    public async Task An_instance_that_is_there_has_its_input_at_any_moment_also_while_it_starts_ends_and_is_replaced(StoreKind store)
    {
        await using var host = await SimpleTasks.StartAsync(store);
        var over = false;
        var reads = Task.Run(async () =>
        {
            List<string?> inputs = [];
            while (!Volatile.Read(ref over))
            {
                if (await host.Client.GetInstanceAsync("d", getInputsAndOutputs: true) is { } instance)
                    inputs.Add(instance.SerializedInput);
            }

            return inputs;
        });
        for (var run = 0; run < 100; run++)
        {
            await host.Client.ScheduleNewOrchestrationInstanceAsync("Done", "input", new StartOrchestrationOptions("d"));
            await host.Completion("d");
        }

        Volatile.Write(ref over, true);
        var seen = await reads;
        Assert.NotEmpty(seen);
        Assert.All(seen, input => Assert.Equal("\"input\"", input));
    }

    [Theory]
    [EachStore(OrchestrationRuntimeStatus.Completed)]
    [EachStore(OrchestrationRuntimeStatus.Completed, OrchestrationRuntimeStatus.Failed)]
    public async Task A_listed_status_is_a_conflict(StoreKind store, params OrchestrationRuntimeStatus[] dedupe)
    {
        await using var host = await SimpleTasks.StartAsync(store);
        await host.Run("Done", id: "d");
        await Assert.ThrowsAsync<OrchestrationAlreadyExistsException>(() => host.Client.ScheduleNewOrchestrationInstanceAsync(
            "Done", new StartOrchestrationOptions("d").WithDedupeStatuses(dedupe)));
    }

    [Theory, EachStore]
    public async Task A_live_instance_whose_status_is_not_listed_is_replaced(StoreKind store)
    {
        await using var host = await SimpleTasks.StartAsync(store);
        await host.Client.ScheduleNewOrchestrationInstanceAsync("Wait", new StartOrchestrationOptions("w"));
        await host.Started("w");
        var former = host.Histories.Find("w")!.ExecutionId;
        await host.Client.ScheduleNewOrchestrationInstanceAsync("Wait", new StartOrchestrationOptions("w").WithDedupeStatuses());
        await host.Client.RaiseEventAsync("w", "E", "x");
        Assert.Equal("x", (await host.Completion("w")).ReadOutputAs<string>());
        Assert.NotEqual(former, host.Histories.Find("w")!.ExecutionId);
    }

    [Theory, EachStore]
    public async Task Dedupe_statuses_that_contradict_themselves_are_refused(StoreKind store)
    {
        await using var host = await SimpleTasks.StartAsync(store);
        var options = new StartOrchestrationOptions("d").WithDedupeStatuses(OrchestrationRuntimeStatus.Terminated);
        await Assert.ThrowsAsync<ArgumentException>(() => host.Client.ScheduleNewOrchestrationInstanceAsync("Done", options));
    }

    [Theory]
    [EachStore("@entity")]
    [EachStore("")]
    [EachStore("line\nbreak")]
    public async Task An_id_that_cannot_be_is_refused(StoreKind store, string id)
    {
        await using var host = await SimpleTasks.StartAsync(store);
        await Assert.ThrowsAnyAsync<ArgumentException>(
            () => host.Client.ScheduleNewOrchestrationInstanceAsync("Done", new StartOrchestrationOptions(id)));
        await Assert.ThrowsAsync<ArgumentException>(
            () => host.Client.ScheduleNewOrchestrationInstanceAsync("Done", new StartOrchestrationOptions(new string('x', 257))));
    }

    [Theory, EachStore]
    public async Task An_id_of_256_characters_is_the_longest(StoreKind store)
    {
        await using var host = await SimpleTasks.StartAsync(store);
        Assert.Equal(OrchestrationRuntimeStatus.Completed, (await host.Run("Done", id: new string('x', 256))).RuntimeStatus);
    }

    [Theory, EachStore]
    public async Task An_unknown_or_running_status_cannot_be_both_replaced_and_kept(StoreKind store)
    {
        await using var host = await SimpleTasks.StartAsync(store);
        await host.Run("Break", id: "b");
        var options = new StartOrchestrationOptions("b").WithDedupeStatuses(
            OrchestrationRuntimeStatus.Failed, OrchestrationRuntimeStatus.Terminated, OrchestrationRuntimeStatus.Pending,
            OrchestrationRuntimeStatus.Running, OrchestrationRuntimeStatus.Suspended);
        await Assert.ThrowsAsync<OrchestrationAlreadyExistsException>(() => host.Client.ScheduleNewOrchestrationInstanceAsync("Done", options));
    }
}
