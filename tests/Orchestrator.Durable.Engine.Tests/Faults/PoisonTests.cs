using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Orchestrator.Durable.Engine.Tests.Faults;

public sealed class PoisonTests
{
    [Fact]
    [Scenario(12)]
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

    [Theory]
    [Scenario(12)]
    [InlineData("input")]
    [InlineData("activity input")]
    [InlineData("activity output")]
    [InlineData("event")]
    [InlineData("status")]
    [InlineData("output")]
    public async Task A_converter_that_throws_fails_its_instance_and_no_other(string where)
    {
        await using var host = await EngineHost.StartAsync(tasks =>
        {
            Innocent(tasks);
            tasks.AddOrchestratorFunc<Unreadable, int>("input", (_, _) => 1);
            tasks.AddOrchestratorFunc("activity input", context => context.CallActivityAsync("Take", new Unreadable()));
            tasks.AddOrchestratorFunc("activity output", context => context.CallActivityAsync<Unwritable>("Give"));
            tasks.AddOrchestratorFunc("event", context => context.WaitForExternalEvent<Unreadable>("E"));
            tasks.AddOrchestratorFunc("status", context => context.SetCustomStatus(new Unwritable()));
            tasks.AddOrchestratorFunc("output", _ => new Unwritable());
            tasks.AddActivityFunc<Unreadable, int>("Take", (_, _) => 1);
            tasks.AddActivityFunc("Give", (TaskActivityContext _) => new Unwritable());
        });
        await host.Begin("Wait", "good");
        await host.Schedule(where, "bad", new Unreadable());
        if (where == "event")
            await host.Client.RaiseEventAsync("bad", "E", new Unreadable());
        var failure = (await host.Completion("bad")).FailureDetails!;
        Assert.Contains("poisonous", (failure.InnerFailure ?? failure).ErrorMessage, StringComparison.Ordinal);
        await host.Client.RaiseEventAsync("good", "Go", "x");
        Assert.Equal(OrchestrationRuntimeStatus.Completed, (await host.Completion("good")).RuntimeStatus);
        await Assert.ThrowsAsync<InvalidDataException>(() => host.Schedule(where, "refused", new Unwritable()));
        Assert.Null(host.Histories.Find("refused"));
    }

    private static void Innocent(DurableTaskRegistry tasks) => tasks
        .AddOrchestratorFunc("Poison", async context =>
        {
            await context.WaitForExternalEvent<string>("Go");
            return "harmless";
        })
        .AddOrchestratorFunc("Wait", context => context.WaitForExternalEvent<string>("Go"));

    [JsonConverter(typeof(Converter<Unreadable>))]
    private sealed class Unreadable;

    [JsonConverter(typeof(Converter<Unwritable>))]
    private sealed class Unwritable;

    private sealed class Converter<T> : JsonConverter<T>
    {
        public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            throw new InvalidDataException("poisonous to read");

        public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options)
        {
            if (value is Unwritable)
                throw new InvalidDataException("poisonous to write");
            writer.WriteStringValue("harmless");
        }
    }
}
