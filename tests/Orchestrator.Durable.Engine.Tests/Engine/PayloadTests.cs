using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Orchestrator.Durable.Engine.Tests.Engine;

[Section("Payloads")]
public sealed class PayloadTests
{
    private const int Limit = 10 * 1024 * 1024;

    [Theory, EachStore]
    [Scenario(13)]
    public async Task Ten_megabytes_pass_through_input_activity_event_and_output(StoreKind store)
    {
        await using var host = await EngineHost.StartAsync(store, tasks => tasks
            .AddOrchestratorFunc<string, string>("Echo", async (context, text) =>
            {
                var echoed = await context.CallActivityAsync<string>("Echo", text);
                return echoed.Length == text.Length ? await context.WaitForExternalEvent<string>("E") : "lost";
            })
            .AddActivityFunc<string, string>("Echo", (_, text) => text));
        var largest = new string('x', Limit - 2);
        await host.Client.ScheduleNewOrchestrationInstanceAsync("Echo", largest, new StartOrchestrationOptions("e"));
        await host.Client.RaiseEventAsync("e", "E", largest);
        Assert.Equal(largest, (await host.Completion("e")).ReadOutputAs<string>());
    }

    [Theory, EachStore]
    [Scenario(13)]
    public async Task A_byte_more_is_refused_where_it_arises_and_says_what_to_do(StoreKind store)
    {
        await using var host = await EngineHost.StartAsync(
            store,
            tasks => tasks
                .AddOrchestratorFunc<string, string>("Main", (context, where) => where switch
                {
                    "input" => context.CallActivityAsync<string>("Give", new string('x', 1000)),
                    "activity" => context.CallActivityAsync<string>("Give"),
                    _ => Task.FromResult(new string('ü', 500)),
                })
                .AddActivityFunc("Give", (TaskActivityContext _) => new string('x', 1000)),
            configure: options => options.MaxPayloadBytes = 1000);
        var refused = await Assert.ThrowsAsync<PayloadTooLargeException>(
            () => host.Client.ScheduleNewOrchestrationInstanceAsync("Main", new string('x', 999)));
        Assert.Contains("1,001 bytes", refused.Message, StringComparison.Ordinal);
        Assert.Contains("MaxPayloadBytes", refused.Message, StringComparison.Ordinal);
        Assert.Equal(typeof(PayloadTooLargeException).FullName, (await host.Run("Main", "input")).FailureDetails!.ErrorType);
        Assert.Equal(typeof(PayloadTooLargeException).FullName, (await host.Run("Main", "activity")).FailureDetails!.InnerFailure!.ErrorType);
        Assert.Equal(typeof(PayloadTooLargeException).FullName, (await host.Run("Main", "output")).FailureDetails!.ErrorType);
    }

    [Theory, EachStore]
    public async Task Null_stays_null_and_fields_are_kept(StoreKind store)
    {
        await using var host = await EngineHost.StartAsync(store, tasks => tasks
            .AddOrchestratorFunc<Point?, Point?>("Echo", (context, point) => context.CallActivityAsync<Point?>("Echo", point))
            .AddActivityFunc<Point?, Point?>("Echo", (_, point) => point));
        var nothing = await host.Run("Echo");
        Assert.Null(nothing.SerializedInput);
        Assert.Null(nothing.SerializedOutput);
        Assert.Equal(7, (await host.Run("Echo", new Point { X = 7 })).ReadOutputAs<Point>()!.X);
    }

    private sealed class Point
    {
        public int X;
    }
}
