using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Microsoft.DurableTask.Worker;

/// <summary>Sets up a worker, which runs orchestrators and activities.</summary>
public interface IDurableTaskWorkerBuilder
{
    /// <summary>The name of the worker; empty for the default one.</summary>
    string Name { get; }

    /// <summary>The services of the host.</summary>
    IServiceCollection Services { get; }

    /// <summary>The class of the worker, derived from <see cref="Hosting.DurableTaskWorker"/>; <c>null</c>: the engine in this process.</summary>
    Type? BuildTarget { get; set; }

    /// <summary>Makes the worker.</summary>
    /// <param name="serviceProvider">The services of the host.</param>
    /// <returns>The worker.</returns>
    IHostedService Build(IServiceProvider serviceProvider);
}
