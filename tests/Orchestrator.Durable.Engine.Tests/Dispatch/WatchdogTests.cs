using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orchestrator.Durable.Engine.Store;
using Orchestrator.Durable.Engine.Tests.Triggers;

namespace Orchestrator.Durable.Engine.Tests.Dispatch;

public sealed class WatchdogTests
{
    [Fact]
    public async Task A_host_says_at_its_start_which_instances_will_not_go_on_by_themselves()
    {
        using var store = new TemporaryStore();
        using var stop = new CancellationTokenSource();
        var replays = 0;
        await using (var first = await EngineHost.StartAsync(Register, store))
        {
            foreach (var (id, name) in new[] { ("lost", "Work"), ("well", "Wait") })
            {
                await first.Client.ScheduleNewOrchestrationInstanceAsync(name, new StartOrchestrationOptions(id));
                await first.Started(id);
            }

            await stop.CancelAsync();
        }

        using (var vandal = new StoreDatabase(store.Path, pooling: false).OpenWriter())
            vandal.Execute("DELETE FROM outbox");
        replays = 0;
        using var logs = new LogRecorder();
        await using var host = await EngineHost.StartAsync(
            Register, store, services: services => services.AddLogging(log => log.AddProvider(logs)));

        await Expect.Until(() => Warnings().Any(), "the watchdog to speak");
        var warning = Assert.Single(Warnings());
        Assert.Contains("Instance lost will not go on by itself", warning, StringComparison.Ordinal);
        Assert.Contains("activity 'Hang'", warning, StringComparison.Ordinal);
        Assert.Equal(0, replays);

        IEnumerable<string> Warnings() => logs.Lines.Where(line => line.Level == LogLevel.Warning).Select(line => line.Text);

        void Register(DurableTaskRegistry tasks) => tasks
            .AddOrchestratorFunc("Work", context => Count(context.CallActivityAsync("Hang")))
            .AddOrchestratorFunc("Wait", context => Count(context.WaitForExternalEvent<string>("E")))
            .AddActivityFunc("Hang", (TaskActivityContext _) => Task.Delay(Timeout.Infinite, stop.Token));

        Task Count(Task wait)
        {
            replays++;
            return wait;
        }
    }
}
