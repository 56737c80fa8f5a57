using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Testing.Sidecar;
using Microsoft.DurableTask.Worker;
using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.DurableTask.Testing;

/// <summary>Adds the durable engine to the host of a test, such as that of an application factory.</summary>
public static class DurableTaskTestExtensions
{
    /// <summary>Adds the engine with a store in memory, the tasks of the test, and a client as a service.</summary>
    /// <param name="services">The services of the host.</param>
    /// <param name="configureTasks">Adds orchestrators and activities.</param>
    /// <param name="options">The set-up; <c>null</c> for the defaults.</param>
    /// <returns>The services.</returns>
    public static IServiceCollection AddInMemoryDurableTask(
        this IServiceCollection services, Action<DurableTaskRegistry> configureTasks, InMemoryDurableTaskOptions? options = default)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configureTasks);
        _ = options; // a port is all that they have, and there is nothing to listen
        services.AddSingleton<InMemoryOrchestrationService>();
        services.AddDurableTaskWorker().AddTasks(configureTasks);
        services.AddDurableTaskClient();
        return services;
    }

    /// <summary>What stands for the orchestration service of the genuine test host.</summary>
    /// <param name="services">The services of the host.</param>
    /// <returns>The service.</returns>
    public static InMemoryOrchestrationService GetInMemoryOrchestrationService(this IServiceProvider services) =>
        services.GetRequiredService<InMemoryOrchestrationService>();
}
