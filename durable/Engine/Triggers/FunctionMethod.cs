using System.Reflection;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;

namespace Orchestrator.Durable.Engine.Triggers;

/// <summary>A method with everything that is needed to invoke it, found out once.</summary>
internal sealed class FunctionMethod(string name, MethodInfo method, ParameterBinder[] binders)
{
    private readonly MethodInvoker _invoker = MethodInvoker.Create(method);
    private readonly MethodResult _result = MethodResult.Of(method);
    private readonly ObjectFactory? _factory = method.IsStatic ? null : ActivatorUtilities.CreateFactory(method.DeclaringType!, []);

    internal FunctionDefinition Definition { get; } = new MethodDefinition(name, method);

    /// <summary>The class whose object it is invoked on; <c>null</c> when it is static.</summary>
    internal Type? Class => method.IsStatic ? null : method.DeclaringType;

    /// <summary>The type of its value; <see cref="void"/> when it has none.</summary>
    internal Type ResultType => _result.Type;

    /// <summary>The queue that its value goes to; <c>null</c> when it is an answer.</summary>
    internal QueueOutputAttribute? ResultQueue { get; } = method.GetCustomAttribute<QueueOutputAttribute>();

    /// <summary>The properties of its value that go to queues.</summary>
    internal IReadOnlyList<(PropertyInfo Property, QueueOutputAttribute Queue)> PropertyQueues { get; } =
    [
        .. from property in MethodResult.Of(method).Type.GetProperties()
           let queue = property.GetCustomAttribute<QueueOutputAttribute>()
           where queue is not null
           select (property, queue),
    ];

    /// <summary>Whether anything of its value goes to a queue.</summary>
    internal bool HasQueues => ResultQueue is not null || PropertyQueues.Count > 0;

    /// <summary>The values of the parameters; problems of the request are in the invocation.</summary>
    internal async ValueTask<object?[]> BindAsync(Invocation invocation)
    {
        var arguments = new object?[binders.Length];
        for (var i = 0; i < binders.Length; i++)
        {
            arguments[i] = await binders[i](invocation);
        }

        return arguments;
    }

    /// <summary>Runs it on an object of its class, made with the services of the invocation.</summary>
    internal ValueTask<object?> RunAsync(Invocation invocation, object?[] arguments) =>
        _result.ReadAsync(_invoker.Invoke(_factory?.Invoke(invocation.InstanceServices, null), arguments.AsSpan()));
}
