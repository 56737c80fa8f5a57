using Microsoft.DurableTask;

namespace Orchestrator.Durable.Engine.Triggers;

/// <summary>An activity that is a method.</summary>
internal sealed class MethodActivity(FunctionMethod method, Type inputType, TimeSpan timeout, IServiceProvider services) : ITaskActivity
{
    private readonly MethodRunner runner = new(method, timeout, services);

    public Type InputType => inputType;

    public Type OutputType => method.ResultType == typeof(void) ? typeof(object) : method.ResultType;

    public Task<object?> RunAsync(TaskActivityContext context, object? input) => runner.RunAsync(input);
}
