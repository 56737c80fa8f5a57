using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Orchestrator.Durable.Engine.Tests.Testing;

public sealed class DurableTaskTestHostTests
{
    [Fact]
    public async Task Tasks_that_are_functions_or_classes_run_with_the_services_of_the_test()
    {
        var options = new DurableTaskTestHostOptions
        {
            LoggerFactory = NullLoggerFactory.Instance,
            ConfigureServices = services => services.AddSingleton(new Greeting("Servus")),
        };
        await using var host = await DurableTaskTestHost.StartAsync(
            registry => registry.AddOrchestrator<GreetOrchestrator>().AddActivity<SayHello>(), options);
        var id = await host.Client.ScheduleNewOrchestrationInstanceAsync(nameof(GreetOrchestrator), "Ada");
        var ended = await Expect.Within(host.Client.WaitForInstanceCompletionAsync(id, getInputsAndOutputs: true), "the greeting");
        Assert.Equal("Servus Ada", ended.ReadOutputAs<string>());
        Assert.Same(host.Client, host.Services.GetRequiredService<DurableTaskClient>());
    }

    [Fact]
    public async Task Nothing_outlives_a_host_and_hosts_do_not_see_each_other()
    {
        await using var other = await DurableTaskTestHost.StartAsync(_ => { });
        await using (var first = await DurableTaskTestHost.StartAsync(_ => { }))
        {
            await first.Client.ScheduleNewOrchestrationInstanceAsync("Unknown", new StartOrchestrationOptions("m"));
            Assert.NotNull(await first.Client.GetInstanceAsync("m"));
            Assert.Null(await other.Client.GetInstanceAsync("m"));
        }

        await using var second = await DurableTaskTestHost.StartAsync(_ => { });
        Assert.Null(await second.Client.GetInstanceAsync("m"));
    }

    [Fact]
    public async Task A_file_chosen_among_the_services_outlives_the_host()
    {
        using var store = new TemporaryStore();
        var options = new DurableTaskTestHostOptions
        {
            ConfigureServices = services => services.Configure<DurableEngineOptions>(engine => engine.StorePath = store.Path),
        };
        await using (var first = await DurableTaskTestHost.StartAsync(Register, options))
        {
            await first.Client.ScheduleNewOrchestrationInstanceAsync("Wait", new StartOrchestrationOptions("m"));
            await Expect.Within(first.Client.WaitForInstanceStartAsync("m"), "the start");
        }

        await using var second = await DurableTaskTestHost.StartAsync(Register, options);
        await second.Client.RaiseEventAsync("m", "E", "kept");
        var ended = await Expect.Within(second.Client.WaitForInstanceCompletionAsync("m", getInputsAndOutputs: true), "the end");
        Assert.Equal("kept", ended.ReadOutputAs<string>());

        static void Register(DurableTaskRegistry tasks) =>
            tasks.AddOrchestratorFunc<string>("Wait", context => context.WaitForExternalEvent<string>("E"));
    }

    private sealed record Greeting(string Word);

    private sealed class GreetOrchestrator : TaskOrchestrator<string, string>
    {
        public override Task<string> RunAsync(TaskOrchestrationContext context, string input) =>
            context.CallActivityAsync<string>(nameof(SayHello), input);
    }

    private sealed class SayHello(Greeting greeting) : TaskActivity<string, string>
    {
        public override Task<string> RunAsync(TaskActivityContext context, string input) => Task.FromResult($"{greeting.Word} {input}");
    }
}
