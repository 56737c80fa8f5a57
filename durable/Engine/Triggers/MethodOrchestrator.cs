using System.Reflection;
using Microsoft.DurableTask;

namespace Orchestrator.Durable.Engine.Triggers;

/// <summary>An orchestrator that is a method.</summary>
internal sealed class MethodOrchestrator(MethodInfo method, ParameterInfo context, ParameterInfo? input) : ITaskOrchestrator
{
    private readonly MethodInvoker _invoker = MethodInvoker.Create(method);
    private readonly MethodResult _result = MethodResult.Of(method);

    public Type InputType => input?.ParameterType ?? typeof(object);

    public Type OutputType => _result.Type == typeof(void) ? typeof(object) : _result.Type;

    async Task<object?> ITaskOrchestrator.RunAsync(TaskOrchestrationContext orchestration, object? value)
    {
        var arguments = new object?[input is null ? 1 : 2];
        arguments[context.Position] = orchestration;
        if (input is not null)
        {
            arguments[input.Position] = value ?? ParameterBinding.DefaultOf(input);
        }

        var target = method.IsStatic ? null : Activator.CreateInstance(method.DeclaringType!);
        return await _result.ReadAsync(_invoker.Invoke(target, arguments.AsSpan()));
    }
}
