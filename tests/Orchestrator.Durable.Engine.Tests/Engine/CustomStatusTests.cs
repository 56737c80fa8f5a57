using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Orchestrator.Durable.Engine.History;

namespace Orchestrator.Durable.Engine.Tests.Engine;

[Section("Custom status")]
public sealed class CustomStatusTests
{
    [Theory, EachStore]
    public async Task Custom_status_is_seen_while_the_instance_runs(StoreKind store)
    {
        await using var host = await EngineHost.StartAsync(store, tasks => tasks.AddOrchestratorFunc("Main", async context =>
        {
            context.SetCustomStatus(new { waitingFor = "approval" });
            await context.WaitForExternalEvent<string>("E");
            context.SetCustomStatus(null);
        }));
        await host.Client.ScheduleNewOrchestrationInstanceAsync("Main", new StartOrchestrationOptions("m"));
        Assert.Equal("""{"waitingFor":"approval"}""", (await host.Started("m")).SerializedCustomStatus);
        await host.Client.RaiseEventAsync("m", "E");
        Assert.Null((await host.Completion("m")).SerializedCustomStatus);
    }

    [Theory, EachStore]
    public async Task Custom_status_stays_over_turns_restarts_and_executions_until_it_is_set_anew(StoreKind store)
    {
        using var kept = new TemporaryStore(store);
        await using (var first = await EngineHost.StartAsync(Register, kept))
        {
            await first.Begin("Main", "m", 0);
            await first.Client.RaiseEventAsync("m", "E");
            await first.Recorded<EventRaised>("m");
        }

        await using var second = await EngineHost.StartAsync(Register, kept);
        await second.Client.RaiseEventAsync("m", "E");
        await second.CustomStatus("m", "\"set\"");
        await second.Client.RaiseEventAsync("m", "E");
        Assert.Equal("\"set\"", (await second.Completion("m")).SerializedCustomStatus);

        static void Register(DurableTaskRegistry tasks) => tasks.AddOrchestratorFunc<int, int>("Main", async (context, execution) =>
        {
            if (execution == 0)
            {
                context.SetCustomStatus("set");
                await context.WaitForExternalEvent<object>("E");
                await context.WaitForExternalEvent<object>("E");
                context.ContinueAsNew(1);
                return 0;
            }

            await context.WaitForExternalEvent<object>("E");
            return 1;
        });
    }
}
