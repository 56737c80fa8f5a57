using System.Collections.Concurrent;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Testing;
using Orchestrator.Activities.Events;
using Orchestrator.Domain.Canaries;
using Orchestrator.Domain.Commands;
using Orchestrator.Durable.Testing;
using Orchestrator.Functions.Canaries;
using Orchestrator.Functions.Commands;

namespace Orchestrator.Functions.Tests.Commands;

/// <summary>The story of a command with activities that answer as the test says.</summary>
public sealed class CommandOrchestratorTests
{
    private static readonly CommandStart Offboard =
        new("/ci", "7", "orchestrator.tenant.offboard", "tenants/foo", new Command.OffboardTenant("foo"));

    private readonly ConcurrentQueue<OutgoingEvent> published = new();
    private int failures;

    private Task<DurableTaskTestHost> StartAsync(CommandResult applied) => DurableTaskTestHost.StartAsync(registry =>
    {
        registry.AddOrchestratorFunc<CommandStart, CommandResult>(nameof(CommandOrchestrator), CommandOrchestrator.RunAsync);
        registry.AddOrchestratorFunc("Run", async context => (await context.WaitForExternalEvent<CanaryDecision>(CanaryDecision.EventName)).By);
        registry.AddActivityFunc<CommandToApply, CommandResult>(nameof(ApplyCommand), (_, _) =>
            Interlocked.Decrement(ref failures) >= 0 ? throw new IOException("the store is busy") : Task.FromResult(applied));
        registry.AddActivityFunc<OutgoingEvent>(nameof(PublishEvent), (_, message) =>
        {
            published.Enqueue(message);
            return Task.CompletedTask;
        });
    });

    private static async Task<OrchestrationMetadata> EndAsync(DurableTaskTestHost host, string instance)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var end = await host.Client.WaitForInstanceCompletionAsync(instance, getInputsAndOutputs: true, deadline.Token);
        OrchestrationReplay.Check(host, instance);
        return end;
    }

    [Fact]
    public async Task A_refused_command_is_published_and_over()
    {
        await using var host = await StartAsync(new(CommandWord.Refused, "There is no tenant 'foo'."));
        var instance = await host.Client.ScheduleNewOrchestrationInstanceAsync(nameof(CommandOrchestrator), Offboard, new StartOrchestrationOptions("command.1"));
        await EndAsync(host, instance);

        var refused = Assert.Single(published);
        Assert.Equal(("orchestrator.command.refused", "command.1.refused", "tenants/foo"), (refused.Type, refused.Id, refused.Subject));
        Assert.Equal("There is no tenant 'foo'.", refused.Data.GetProperty("reason").GetString());
    }

    [Fact]
    public async Task A_run_that_it_began_tells_it_the_end()
    {
        failures = 1;
        await using var host = await StartAsync(new(CommandWord.Accepted, Location: "/api/tenants/foo", IsBegun: true));
        var instance = await host.Client.ScheduleNewOrchestrationInstanceAsync(nameof(CommandOrchestrator), Offboard);
        await host.Client.RaiseEventAsync(instance, CommandEnd.EventName, new CommandEnd("Offboarded", null));
        var end = await EndAsync(host, instance);

        Assert.Equal(["orchestrator.command.accepted", "orchestrator.command.ended"], published.Select(each => each.Type));
        Assert.Equal("Offboarded", published.Last().Data.GetProperty("phase").GetString());
        Assert.Equal("Offboarded", end.ReadOutputAs<CommandResult>()!.End!.Phase);
    }

    [Fact]
    public async Task A_decision_is_sent_to_the_run()
    {
        var decision = new CanaryDecision(Verb.Approve, "ann", null, DateTime.UnixEpoch, Step: 2);
        await using var host = await StartAsync(new(CommandWord.Accepted, Message: new("canary.foo.hello.1", decision)));
        await host.Client.ScheduleNewOrchestrationInstanceAsync("Run", new StartOrchestrationOptions("canary.foo.hello.1"));
        var instance = await host.Client.ScheduleNewOrchestrationInstanceAsync(nameof(CommandOrchestrator), Offboard);
        await EndAsync(host, instance);
        Assert.Equal("ann", (await EndAsync(host, "canary.foo.hello.1")).ReadOutputAs<string>());
    }
}
