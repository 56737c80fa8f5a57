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
        await using (var first = await EngineHost.StartAsync(Register, store))
        {
            foreach (var (id, name) in new[] { ("lost", "Sleep"), ("well", "Wait") })
            {
                await first.Client.ScheduleNewOrchestrationInstanceAsync(name, new StartOrchestrationOptions(id));
                await first.Started(id);
            }
        }

        using (var vandal = new StoreDatabase(store.Path, pooling: false).OpenWriter())
            vandal.Execute("DELETE FROM inbox");
        using var logs = new LogRecorder();
        await using var host = await EngineHost.StartAsync(
            Register, store, services: services => services.AddLogging(log => log.AddProvider(logs)));

        await Expect.Until(() => Warnings().Any(), "the watchdog to speak");
        var warning = Assert.Single(Warnings());
        Assert.Contains("lost", warning, StringComparison.Ordinal);
        Assert.Contains("timer #0", warning, StringComparison.Ordinal);

        IEnumerable<string> Warnings() => logs.Lines.Where(line => line.Level == LogLevel.Warning).Select(line => line.Text);

        static void Register(DurableTaskRegistry tasks) => tasks
            .AddOrchestratorFunc("Sleep", context => context.CreateTimer(TimeSpan.FromHours(1), CancellationToken.None))
            .AddOrchestratorFunc("Wait", context => context.WaitForExternalEvent<string>("E"));
    }
}
