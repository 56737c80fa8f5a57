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
        await Assert.ThrowsAsync<ArgumentException>(() => activity.RunAsync(Mock.Of<TaskActivityContext>(), null));
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
    public void A_task_without_a_name_is_refused() =>
        Assert.Throws<ArgumentException>(() => _registry.AddActivityFunc(default, _ => Task.CompletedTask));

    [DurableTask("SayHello")]
    private sealed class Greet(string greeting) : TaskActivity<string, string>
    {
        public override Task<string> RunAsync(TaskActivityContext context, string input) => Task.FromResult($"{greeting} {input}");
    }
}
