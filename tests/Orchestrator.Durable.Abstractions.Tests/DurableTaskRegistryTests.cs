using Microsoft.DurableTask;
using Microsoft.Extensions.DependencyInjection;
using Moq;

namespace Orchestrator.Durable.Abstractions.Tests;

public sealed class DurableTaskRegistryTests
{
    private readonly DurableTaskRegistry _registry = new();

    [Fact]
    public async Task A_function_is_run_with_the_input_of_its_type()
    {
        _registry.AddOrchestratorFunc<int, string>("Double", (_, input) => Task.FromResult($"{input * 2}"));

        var orchestrator = Assert.Single(_registry.GetOrchestrators()).Value(Mock.Of<IServiceProvider>());

        Assert.Equal((typeof(int), typeof(string)), (orchestrator.InputType, orchestrator.OutputType));
        Assert.Equal("42", await orchestrator.RunAsync(Mock.Of<TaskOrchestrationContext>(), 21));
    }

    [Fact]
    public async Task An_input_of_another_type_is_refused()
    {
        _registry.AddActivityFunc<int, string>("Double", (_, input) => $"{input * 2}");
        var activity = Assert.Single(_registry.GetActivities()).Value(Mock.Of<IServiceProvider>());

        await Assert.ThrowsAsync<ArgumentException>(() => activity.RunAsync(Mock.Of<TaskActivityContext>(), "21"));
    }

    [Fact]
    public async Task A_call_without_input_is_one_with_the_default()
    {
        _registry.AddActivityFunc<int, string>("Double", (_, input) => $"{input * 2}");
        var activity = Assert.Single(_registry.GetActivities()).Value(Mock.Of<IServiceProvider>());

        Assert.Equal("0", await activity.RunAsync(Mock.Of<TaskActivityContext>(), null));
    }

    [Fact]
    public async Task An_activity_class_is_made_with_the_services_of_the_call()
    {
        _registry.AddActivity<Greet>();
        using var services = new ServiceCollection().AddSingleton("Hello").BuildServiceProvider();

        var (name, make) = Assert.Single(_registry.GetActivities());

        Assert.Equal("SayHello", name.Name);
        Assert.Equal("Hello Foo", await make(services).RunAsync(Mock.Of<TaskActivityContext>(), "Foo"));
    }

    [Fact]
    public void A_name_is_taken_once_whatever_its_case()
    {
        _registry.AddOrchestratorFunc("Run", _ => Task.CompletedTask).AddActivityFunc("Run", _ => Task.CompletedTask);

        var failure = Assert.Throws<ArgumentException>(() => _registry.AddOrchestratorFunc("RUN", _ => Task.CompletedTask));

        Assert.Contains("'RUN' is already added", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Versions_of_a_task_share_its_name_and_each_is_taken_once()
    {
        _registry.AddOrchestratorFunc<int, int>("Run", (_, _) => 0)
            .AddOrchestratorFunc<int, int>("Run", "v1", (_, _) => Task.FromResult(1))
            .AddOrchestrator<RunTwo>()
            .AddActivityFunc<int, int>("Run", "v1", (_, _) => Task.FromResult(1))
            .AddActivity("Run", "v2", () => FuncTaskActivity.Create<int, int>((_, _) => Task.FromResult(2)));

        var failures = new[]
        {
            Assert.Throws<ArgumentException>(() => _registry.AddOrchestrator("RUN", "V1", () => new RunTwo())),
            Assert.Throws<ArgumentException>(() => _registry.AddActivity("run", "v2", () => new Greet(""))),
        };

        Assert.All(failures, failure => Assert.Contains("of version", failure.Message, StringComparison.Ordinal));
        Assert.Equal(["Run", "Run", "Run"], _registry.GetOrchestrators().Select(task => task.Key.Name));
        Assert.Equal(["Run", "Run"], _registry.GetActivities().Select(task => task.Key.Name));
    }

    [Fact]
    public void A_task_without_a_name_is_refused() =>
        Assert.Throws<ArgumentException>(() => _registry.AddActivityFunc(default, _ => Task.CompletedTask));

    [DurableTask("Run", Version = "v2")]
    private sealed class RunTwo : TaskOrchestrator<int, int>
    {
        public override Task<int> RunAsync(TaskOrchestrationContext context, int input) => Task.FromResult(2);
    }

    [DurableTask("SayHello")]
    private sealed class Greet(string greeting) : TaskActivity<string, string>
    {
        public override Task<string> RunAsync(TaskActivityContext context, string input) => Task.FromResult($"{greeting} {input}");
    }
}
