using DurableTask.Core.Exceptions;
using Grpc.Core;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Orchestrator.Durable.Engine.History;

namespace Orchestrator.Durable.Engine.Tests.Engine;

[Section("Client exceptions")]
public sealed class ClientExceptionTests
{
    private static readonly Dictionary<string, Func<DurableTaskClient, string, CancellationToken, Task>> Calls = new()
    {
        ["start"] = (client, id, cancel) => client.ScheduleNewOrchestrationInstanceAsync("Done", new StartOrchestrationOptions(id), cancel),
        ["get"] = (client, id, cancel) => client.GetInstanceAsync(id, cancel),
        ["raise"] = (client, id, cancel) => client.RaiseEventAsync(id, "E", null, cancel),
        ["terminate"] = (client, id, cancel) => client.TerminateInstanceAsync(id, cancellation: cancel),
        ["suspend"] = (client, id, cancel) => client.SuspendInstanceAsync(id, "why", cancel),
        ["resume"] = (client, id, cancel) => client.ResumeInstanceAsync(id, "why", cancel),
        ["purge"] = (client, id, cancel) => client.PurgeInstanceAsync(id, null, cancel),
        ["restart"] = (client, id, cancel) => client.RestartAsync(id, false, cancel),
        ["rewind"] = (client, id, cancel) => client.RewindInstanceAsync(id, "why", cancel),
        ["wait for the start"] = (client, id, cancel) => client.WaitForInstanceStartAsync(id, cancel),
        ["wait for the end"] = (client, id, cancel) => client.WaitForInstanceCompletionAsync(id, cancel),
    };

    [Theory]
    [EachStore("raise", "nobody", StatusCode.NotFound)]
    [EachStore("raise", "done", StatusCode.FailedPrecondition)]
    [EachStore("terminate", "nobody", StatusCode.NotFound)]
    [EachStore("terminate", "done", StatusCode.FailedPrecondition)]
    [EachStore("suspend", "nobody", StatusCode.NotFound)]
    [EachStore("suspend", "done", StatusCode.Unknown)]
    [EachStore("resume", "nobody", StatusCode.NotFound)]
    [EachStore("resume", "done", StatusCode.Unknown)]
    [EachStore("resume", "waiting", StatusCode.Unknown)]
    [EachStore("suspend", "suspended", StatusCode.Unknown)]
    public async Task A_call_in_the_wrong_state_is_refused_with_a_status_code(StoreKind store, string call, string id, StatusCode expected)
    {
        await using var host = await StartAsync(store);
        await Expect.Refusal(expected, () => Calls[call](host.Client, id, default));
    }

    [Theory]
    [EachStore("restart", "nobody", typeof(ArgumentException))]
    [EachStore("restart", "waiting", typeof(InvalidOperationException))]
    [EachStore("rewind", "nobody", typeof(ArgumentException))]
    [EachStore("rewind", "done", typeof(InvalidOperationException))]
    [EachStore("rewind", "waiting", typeof(InvalidOperationException))]
    [EachStore("start", "waiting", typeof(OrchestrationAlreadyExistsException))]
    [EachStore("start", "@entity", typeof(ArgumentException))]
    public async Task A_start_restart_or_rewind_that_cannot_be_is_refused_with_an_exception(StoreKind store, string call, string id, Type expected)
    {
        await using var host = await StartAsync(store);
        await Assert.ThrowsAsync(expected, () => Calls[call](host.Client, id, default));
    }

    [Theory, EachStore]
    public async Task A_call_that_is_cancelled_throws_and_does_nothing(StoreKind store)
    {
        await using var host = await StartAsync(store);
        using var cancel = new CancellationTokenSource();
        await cancel.CancelAsync();
        foreach (var call in Calls.Values)
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(
                () => Expect.Within(call(host.Client, "waiting", cancel.Token), "a cancelled call"));
        }

        await host.Client.RaiseEventAsync("waiting", "E", "x");
        Assert.Equal("x", (await host.Completion("waiting")).ReadOutputAs<string>());
        Assert.DoesNotContain(host.History("waiting"), e => e is ExecutionSuspended or ExecutionResumed or ExecutionTerminated);
    }

    [Theory, EachStore]
    public async Task A_switch_lets_redundant_suspends_and_resumes_pass(StoreKind store)
    {
        await using var host = await EngineHost.StartAsync(
            store, SimpleTasks.Register, configure: options => options.RejectRedundantSuspendAndResume = false);
        await host.Begin("Wait", "w");
        await host.Client.ResumeInstanceAsync("w");
        await host.Client.SuspendInstanceAsync("w");
        await host.Status("w", OrchestrationRuntimeStatus.Suspended);
        await host.Client.SuspendInstanceAsync("w");
        await host.Client.ResumeInstanceAsync("w");
        await host.Client.RaiseEventAsync("w", "E", "x");
        Assert.Equal("x", (await host.Completion("w")).ReadOutputAs<string>());
        await host.Client.SuspendInstanceAsync("w");
        Assert.Equal(OrchestrationRuntimeStatus.Completed, (await host.Client.GetInstanceAsync("w"))!.RuntimeStatus);
        await Expect.Refusal(StatusCode.NotFound, () => host.Client.SuspendInstanceAsync("nobody"));
    }

    private static async Task<EngineHost> StartAsync(StoreKind store)
    {
        var host = await SimpleTasks.StartAsync(store);
        await host.Run("Done", id: "done");
        await host.Begin("Wait", "waiting");
        await host.Begin("Wait", "suspended");
        await host.Client.SuspendInstanceAsync("suspended");
        await host.Status("suspended", OrchestrationRuntimeStatus.Suspended);
        return host;
    }
}
