using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orchestrator.Durable.Engine.History;
using Orchestrator.Durable.Engine.Store;
using Orchestrator.Durable.Engine.Tests.Triggers;

namespace Orchestrator.Durable.Engine.Tests.Faults;

public sealed class DiskTests
{
    private static readonly string Large = new('x', 300_000);

    [Theory]
    [Scenario(8)]
    [InlineData("max_page_count = 1", "max_page_count = 1000000", "full")]
    [InlineData("query_only = 1", "query_only = 0", "readonly")]
    public async Task What_cannot_be_written_is_refused_and_a_turn_waits_until_it_can(string broken, string mended, string named)
    {
        var (runs, work, log) = (0, new TaskCompletionSource(), new LogRecorder());
        using var store = new TemporaryStore();
        await using (var host = await EngineHost.StartAsync(
            Register, store, services: services => services.AddLogging(logging => logging.AddProvider(log))))
        {
            await host.Begin("Main", "m");
            await host.Begin("Wait", "w");
            var disk = await BrokenDisk.OfAsync(host.Store);
            disk.Set(broken);
            await RefusedAsync(host);
            work.SetResult();
            await Expect.Until(() => log.Lines.Any(line => line.Level is LogLevel.Error && line.Text.Contains(named)), "the disk's error is logged");
            // The turn waits for the disk, and callers are still told.
            await RefusedAsync(host);
            Assert.Empty(host.History("m").OfType<TaskCompleted>());
            Assert.Null(host.Histories.Find("new"));

            disk.Set(mended);
            Assert.Equal(Large, (await host.Completion("m")).ReadOutputAs<string>());
            await host.Client.RaiseEventAsync("w", "E", Large);
            Assert.Equal(Large, (await host.Completion("w")).ReadOutputAs<string>());
            Assert.Single(host.History("w").OfType<EventRaised>());
        }

        Assert.Equal(1, runs);
        Assert.Equal(2, StoreAudit.Check(store.Path).Count);

        void Register(DurableTaskRegistry tasks)
        {
            SimpleTasks.Register(tasks);
            tasks.AddOrchestratorFunc<string>("Main", context => context.CallActivityAsync<string>("Work"));
            tasks.AddActivityFunc("Work", async (TaskActivityContext _) =>
            {
                await work.Task;
                runs++;
                return Large;
            });
        }
    }

    [Fact]
    [Scenario(8)]
    public async Task A_host_that_stops_while_the_disk_is_full_leaves_the_turn_to_the_next()
    {
        var runs = 0;
        using var store = new TemporaryStore();
        await using (var host = await EngineHost.StartAsync(Register, store))
        {
            await host.Begin("Main", "m");
            (await BrokenDisk.OfAsync(host.Store)).Set("max_page_count = 1");
            await host.Post("m", new EventRaised("Go", null));
            await Expect.Until(() => runs == 1, "the activity has run");
        }

        Assert.Empty(StoreAudit.Check(store.Path).Single().Events.OfType<TaskCompleted>());
        await using var next = await EngineHost.StartAsync(Register, store);
        Assert.Equal(Large, (await next.Completion("m")).ReadOutputAs<string>());

        void Register(DurableTaskRegistry tasks) => tasks
            .AddOrchestratorFunc<string>("Main", async context =>
            {
                await context.WaitForExternalEvent<object>("Go");
                return await context.CallActivityAsync<string>("Work");
            })
            .AddActivityFunc("Work", (TaskActivityContext _) =>
            {
                Interlocked.Increment(ref runs);
                return Large;
            });
    }

    [Fact]
    [Scenario(8)]
    public async Task A_file_that_cannot_be_opened_is_named_at_the_start()
    {
        using var store = new TemporaryStore();
        Directory.CreateDirectory(store.Path);
        var refused = await Assert.ThrowsAsync<StoreException>(() => EngineHost.StartAsync(SimpleTasks.Register, store));
        Assert.Contains(store.Path, refused.Message, StringComparison.Ordinal);
    }

    private static async Task RefusedAsync(EngineHost host)
    {
        var start = await Assert.ThrowsAsync<StoreException>(() => Expect.Within(host.Schedule("Done", "new", Large), "the answer to a start"));
        Assert.Contains("Free or mend the disk", start.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<StoreException>(() => Expect.Within(host.Client.RaiseEventAsync("w", "E", Large), "the answer to an event"));
    }
}
