using Microsoft.DurableTask.Worker.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Orchestrator.Durable.Engine;
using Orchestrator.Durable.Testing;

namespace Microsoft.DurableTask.Worker;

/// <summary>The builder behind <c>AddDurableTaskWorker</c>.</summary>
/// <param name="name">The name of the worker; <c>null</c> for the default one.</param>
/// <param name="services">The services of the host.</param>
public class DefaultDurableTaskWorkerBuilder(string? name, IServiceCollection services) : IDurableTaskWorkerBuilder
{
    /// <inheritdoc/>
    public string Name { get; } = name ?? Options.DefaultName;

    /// <inheritdoc/>
    public IServiceCollection Services { get; } = services ?? throw new ArgumentNullException(nameof(services));

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The type is no class that can be made and derives from <see cref="DurableTaskWorker"/>.</exception>
    public Type? BuildTarget
    {
        get;
        set => field = value is null || (value.IsSubclassOf(typeof(DurableTaskWorker)) && !value.IsAbstract)
            ? value
            : throw new ArgumentException($"{value} must be a class that can be made and derives from {typeof(DurableTaskWorker)}.", nameof(value));
    }

    /// <inheritdoc/>
    public IHostedService Build(IServiceProvider serviceProvider)
    {
        ArgumentNullException.ThrowIfNull(serviceProvider);
        if (BuildTarget is null)
            return serviceProvider.GetRequiredService<DurableEngine>();
        var registry = serviceProvider.GetRequiredService<IOptionsMonitor<DurableTaskRegistry>>().Get(Name);
        return (IHostedService)ActivatorUtilities.CreateInstance(serviceProvider, BuildTarget, Name, new RegistryFactory(registry));
    }
}
