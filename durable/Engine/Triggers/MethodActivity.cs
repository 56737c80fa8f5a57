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
        using var deadline = new InvocationDeadline(method.Definition.Name, timeout, services, CancellationToken.None);
        try
        {
            // On a thread of its own: a function that blocks it must not keep its instance waiting for ever.
            return await Task.Run(() => InvokeAsync(input, deadline.Token)).WaitAsync(deadline.Overdue);
        }
        catch (OperationCanceledException e) when (deadline.Token.IsCancellationRequested)
        {
            throw deadline.Explain(e);
        }
    }

    private async Task<object?> InvokeAsync(object? input, CancellationToken cancellation)
    {
        await using var scope = services.CreateAsyncScope();
        var invocation = new Invocation(method.Definition, scope.ServiceProvider, cancellation) { Input = input };
        return await method.RunAsync(invocation, await method.BindAsync(invocation));
    }
}
