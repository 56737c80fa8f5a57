using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Orchestrator.Durable.Engine.Tests.Faults;

public sealed class PoisonTests
{
    [Fact]
    public async Task An_instance_whose_turn_ends_the_process_again_and_again_is_quarantined_and_the_others_run_on()
    {
        using var store = new TemporaryStore();
        await using (var host = await EngineHost.StartAsync(Innocent, store))
        {
            await host.Client.ScheduleNewOrchestrationInstanceAsync("Poison", new StartOrchestrationOptions("poison"));
            await host.Started("poison");
            for (var i = 0; i < 20; i++)
            {
                await host.Client.ScheduleNewOrchestrationInstanceAsync("Wait", new StartOrchestrationOptions($"good{i}"));
                await host.Started($"good{i}");
            }

            await Task.WhenAll(Enumerable.Range(0, 20).Select(i => host.Client.SuspendInstanceAsync($"good{i}")));
        }

        var crashes = 0;
        for (var survived = false; !survived; crashes += survived ? 0 : 1)
        {
            Assert.True(crashes < 15, "the poison is never found");
            using var process = Victim.Start("poison", store.Path);
            process.StandardInput.Close();
            await Expect.Within(process.WaitForExitAsync(), "the process to end");
            survived = process.ExitCode == 0;
        }

        await using var mended = await EngineHost.StartAsync(Innocent, store);
        var poison = mended.Inspector.Describe("poison")!;
        Assert.Contains("its code ends the process", poison.Problem, StringComparison.Ordinal);
        Assert.Equal(["poison"], mended.Inspector.Stuck().Select(stuck => stuck.InstanceId));
        Assert.All(
            Enumerable.Range(0, 20), i => Assert.Equal(OrchestrationRuntimeStatus.Completed, mended.Histories.Find($"good{i}")!.Status));

        Assert.True(await mended.Inspector.RequeueAsync("poison"));
        Assert.Equal("harmless", (await mended.Completion("poison")).ReadOutputAs<string>());
        Assert.False(await mended.Inspector.RequeueAsync("poison"));
        Assert.False(await mended.Inspector.RequeueAsync("nobody"));
    }

    private static void Innocent(DurableTaskRegistry tasks) => tasks
        .AddOrchestratorFunc("Poison", async context =>
        {
            await context.WaitForExternalEvent<string>("Go");
            return "harmless";
        })
        .AddOrchestratorFunc("Wait", context => context.WaitForExternalEvent<string>("Go"));
}
