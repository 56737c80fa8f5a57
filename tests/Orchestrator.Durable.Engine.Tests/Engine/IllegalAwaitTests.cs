using Microsoft.DurableTask;

namespace Orchestrator.Durable.Engine.Tests.Engine;

[Section("Illegal await")]
public sealed class IllegalAwaitTests
{
    [Theory, EachStore]
    public async Task Awaiting_something_outside_fails_the_instance(StoreKind store)
    {
        await using var host = await EngineHost.StartAsync(
            store,
            tasks => tasks.AddOrchestratorFunc("Main", async _ => await new TaskCompletionSource().Task));
        var ended = await host.Run("Main");
        Assert.Equal("System.InvalidOperationException", ended.FailureDetails!.ErrorType);
        Assert.Contains("cannot be replayed", ended.FailureDetails.ErrorMessage, StringComparison.Ordinal);
    }

    [Theory, EachStore]
    public async Task Going_on_on_another_thread_fails_the_instance(StoreKind store)
    {
        await using var host = await EngineHost.StartAsync(store, tasks => tasks
            .AddOrchestratorFunc<int>("Main", async context =>
            {
                await context.CallActivityAsync("Nothing").ConfigureAwait(false);
                return await context.CallActivityAsync<int>("Nothing");
            })
            .AddActivityFunc("Nothing", (TaskActivityContext _) => { }));
        Assert.Equal("System.InvalidOperationException", (await host.Run("Main")).FailureDetails!.ErrorType);
    }

    [Theory, EachStore]
    public async Task Yielding_and_awaiting_what_is_done_is_no_offence(StoreKind store)
    {
        await using var host = await EngineHost.StartAsync(store, tasks => tasks.AddOrchestratorFunc<string>("Main", async context =>
        {
            await Task.CompletedTask;
            await Task.Yield();
            return context.InstanceId;
        }));
        Assert.Equal("m", (await host.Run("Main", id: "m")).ReadOutputAs<string>());
    }

    [Theory]
    [EachStore("GetInput")]
    [EachStore("CallActivity")]
    [EachStore("CallSubOrchestrator")]
    [EachStore("CreateTimer")]
    [EachStore("WaitForExternalEvent")]
    [EachStore("SendEvent")]
    [EachStore("SetCustomStatus")]
    [EachStore("ContinueAsNew")]
    [EachStore("NewGuid")]
    [EachStore("CurrentUtcDateTime")]
    public async Task A_member_of_the_context_refuses_another_thread(StoreKind store, string member)
    {
        await using var host = await EngineHost.StartAsync(store, tasks => tasks.AddOrchestratorFunc<string>("Main", context =>
        {
            var call = Task.Run(() => Call(context, member));
            return Assert.Throws<InvalidOperationException>(() => call.GetAwaiter().GetResult()).Message;
        }));
        Assert.Contains("cannot be replayed", (await host.Run("Main")).ReadOutputAs<string>(), StringComparison.Ordinal);
    }

    private static Task Call(TaskOrchestrationContext context, string member)
    {
        switch (member)
        {
            case "GetInput":
                context.GetInput<string>();
                break;
            case "CallActivity":
                return context.CallActivityAsync("A");
            case "CallSubOrchestrator":
                return context.CallSubOrchestratorAsync("A");
            case "CreateTimer":
                return context.CreateTimer(DateTime.UnixEpoch, CancellationToken.None);
            case "WaitForExternalEvent":
                return context.WaitForExternalEvent<string>("E");
            case "SendEvent":
                context.SendEvent("i", "E", 1);
                break;
            case "SetCustomStatus":
                context.SetCustomStatus(1);
                break;
            case "ContinueAsNew":
                context.ContinueAsNew();
                break;
            case "NewGuid":
                context.NewGuid();
                break;
            default:
                _ = context.CurrentUtcDateTime;
                break;
        }

        return Task.CompletedTask;
    }
}
