using Microsoft.DurableTask;
using Microsoft.Extensions.DependencyInjection;

namespace Orchestrator.Durable.Engine.Triggers;

/// <summary>An activity that is a method, with a scope of services for each call.</summary>
internal sealed class MethodActivity(FunctionMethod method, Type inputType, TimeSpan timeout, IServiceProvider services) : ITaskActivity
{
    public Type InputType => inputType;

    public Type OutputType => method.ResultType == typeof(void) ? typeof(object) : method.ResultType;

    public async Task<object?> RunAsync(TaskActivityContext context, object? input)
    {
        await using var scope = services.CreateAsyncScope();
        using var deadline = new InvocationDeadline(method.Definition.Name, timeout, scope.ServiceProvider, CancellationToken.None);
        var invocation = new Invocation(method.Definition, scope.ServiceProvider, deadline.Token) { Input = input };
        try
        {
            return await method.RunAsync(invocation, await method.BindAsync(invocation));
        }
        catch (OperationCanceledException e) when (deadline.Token.IsCancellationRequested)
        {
            throw deadline.Explain(e);
        }
    }
}
