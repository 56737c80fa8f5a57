using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Durable.Engine.Replay;

namespace Orchestrator.Durable.Engine.Dispatch;

/// <summary>An execution of an orchestrator's code with the services that its class was made from.</summary>
internal sealed class Session(IServiceScope scope, Func<IServiceProvider, OrchestrationExecution> execution) : IDisposable
{
    private OrchestrationExecution? current;

    /// <summary>The execution, which goes on where its last turn left it.</summary>
    public OrchestrationExecution Current => current ??= Fresh();

    public OrchestrationExecution Fresh() => execution(scope.ServiceProvider);

    public void Dispose() => scope.Dispose();
}
