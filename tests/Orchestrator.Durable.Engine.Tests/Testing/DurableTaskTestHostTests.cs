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
    public async Task The_store_is_deleted_at_the_end()
    {
        var host = await DurableTaskTestHost.StartAsync(_ => { });
        var path = host.Services.GetRequiredService<DurableEngineOptions>().StorePath;
        Assert.True(File.Exists(path));
        await host.DisposeAsync();
        Assert.False(Directory.Exists(Path.GetDirectoryName(path)));
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
