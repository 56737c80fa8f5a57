using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Worker;
using Moq;

namespace Orchestrator.Durable.Engine.Tests.Testing;

#pragma warning disable CS0618 // filters are experimental, not obsolete
public sealed class OrchestrationFilterTests
{
    [Fact]
    public async Task What_the_filter_does_not_let_through_waits_until_it_does()
    {
        var filter = new TagFilter();
        await using var host = await TestHosts.StartAsync(Register, worker => worker.UseOrchestrationFilter(filter));
        var tags = new Dictionary<string, string> { ["ring"] = "outer" };
        await host.Client.ScheduleNewOrchestrationInstanceAsync("Main", new StartOrchestrationOptions("held") { Tags = tags });
        await Expect.Until(() => filter.Refusals > 1, "the filter has been asked again");
        Assert.Equal(OrchestrationRuntimeStatus.Completed, (await host.Run("Main")).RuntimeStatus);
        Assert.Equal(OrchestrationRuntimeStatus.Pending, (await host.Client.GetInstanceAsync("held"))!.RuntimeStatus);

        filter.Denied = "";
        Assert.Equal(OrchestrationRuntimeStatus.Completed, (await host.Ended("held")).RuntimeStatus);
    }

    [Fact]
    public async Task A_filter_that_fails_is_asked_again()
    {
        var calls = 0;
        var filter = new Mock<IOrchestrationFilter>();
        filter.Setup(each => each.IsOrchestrationValidAsync(It.IsAny<OrchestrationFilterParameters>(), It.IsAny<CancellationToken>()))
            .Returns(() => Interlocked.Increment(ref calls) == 1 ? throw new InvalidOperationException("broken") : ValueTask.FromResult(true));
        await using var host = await TestHosts.StartAsync(Register, worker => worker.UseOrchestrationFilter(filter.Object));
        Assert.Equal(OrchestrationRuntimeStatus.Completed, (await host.Run("Main")).RuntimeStatus);
    }

    [Fact]
    public async Task A_filter_is_a_class_of_services_or_an_option()
    {
        await using var typed = await TestHosts.StartAsync(Register, worker => worker.UseOrchestrationFilter<NobodyButMain>());
        await using var option = await TestHosts.StartAsync(
            Register, worker => worker.Configure(options => options.OrchestrationFilter = new NobodyButMain()));
        foreach (var host in new[] { typed, option })
        {
            var other = await host.Client.ScheduleNewOrchestrationInstanceAsync("Other");
            Assert.Equal(OrchestrationRuntimeStatus.Completed, (await host.Run("Main")).RuntimeStatus);
            Assert.Equal(OrchestrationRuntimeStatus.Pending, (await host.Client.GetInstanceAsync(other))!.RuntimeStatus);
        }
    }

    private static void Register(DurableTaskRegistry tasks) =>
        tasks.AddOrchestratorFunc("Main", _ => Task.CompletedTask).AddOrchestratorFunc("Other", _ => Task.CompletedTask);

    private sealed class TagFilter : IOrchestrationFilter
    {
        private int refusals;

        public string Denied { get; set; } = "outer";

        public int Refusals => Volatile.Read(ref refusals);

        public async ValueTask<bool> IsOrchestrationValidAsync(OrchestrationFilterParameters info, CancellationToken cancellationToken = default)
        {
            await Task.Yield();
            var valid = info.Tags?.GetValueOrDefault("ring") != Denied;
            if (!valid)
                Interlocked.Increment(ref refusals);
            return valid;
        }
    }

    private sealed class NobodyButMain : IOrchestrationFilter
    {
        public ValueTask<bool> IsOrchestrationValidAsync(OrchestrationFilterParameters info, CancellationToken cancellationToken = default) =>
            ValueTask.FromResult(info.Name == "Main");
    }
}
