using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Durable.Engine.Triggers.Queues;

namespace Orchestrator.Durable.Engine.Triggers;

/// <summary>Runs a function that no request waits for: in a scope of services for each run, and within <c>functionTimeout</c>.</summary>
internal sealed class MethodRunner(FunctionMethod method, TimeSpan timeout, IServiceProvider services)
{
    /// <param name="input">What the parameter with the trigger is bound to.</param>
    /// <param name="caller">Cancels the function's token.</param>
    /// <exception cref="TimeoutException">The function took too long.</exception>
    public async Task<object?> RunAsync(object? input, CancellationToken caller = default)
    {
        using var deadline = new InvocationDeadline(method.Definition.Name, timeout, services, caller);
        try
        {
            // On a thread of its own: a function that blocks it must not keep what set it off waiting for ever.
            return await Task.Run(() => InvokeAsync(input, deadline.Token), CancellationToken.None).WaitAsync(deadline.Overdue);
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
        var result = await method.RunAsync(invocation, await method.BindAsync(invocation));
        return method.HasQueues && await scope.ServiceProvider.GetRequiredService<QueueOutputs>().SendAsync(method, result) ? null : result;
    }
}
