using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orchestrator.Durable.Testing;

namespace Microsoft.DurableTask.Worker;

/// <summary>Adds workers to a host.</summary>
public static class ServiceCollectionExtensions
{
    /// <summary>Adds a worker, or gets the one of the same name.</summary>
    /// <param name="services">The services of the host.</param>
    /// <param name="name">The name of the worker; <c>null</c> for the default one.</param>
    /// <returns>Its builder.</returns>
    public static IDurableTaskWorkerBuilder AddDurableTaskWorker(this IServiceCollection services, string? name = default)
    {
        ArgumentNullException.ThrowIfNull(services);
        return Builders<IDurableTaskWorkerBuilder>.Of(services).GetOrAdd(name ?? Options.DefaultName, Add);

        IDurableTaskWorkerBuilder Add(string key)
        {
            var builder = new DefaultDurableTaskWorkerBuilder(key, services);
            services.AddOptions<DurableTaskWorkerOptions>(key).Configure<IServiceProvider>(
                (options, provider) => options.Converter ??= provider.GetService<DataConverter>());
            services.AddInProcessEngine();
            services.AddSingleton(builder.Build);
            return builder;
        }
    }

    /// <summary>Adds the default worker, or gets it, and sets it up.</summary>
    /// <param name="services">The services of the host.</param>
    /// <param name="configure">Sets it up.</param>
    /// <returns>The services.</returns>
    public static IServiceCollection AddDurableTaskWorker(this IServiceCollection services, Action<IDurableTaskWorkerBuilder> configure) =>
        services.AddDurableTaskWorker(Options.DefaultName, configure);

    /// <summary>Adds a worker, or gets the one of the same name, and sets it up.</summary>
    /// <param name="services">The services of the host.</param>
    /// <param name="name">The name of the worker.</param>
    /// <param name="configure">Sets it up.</param>
    /// <returns>The services.</returns>
    public static IServiceCollection AddDurableTaskWorker(
        this IServiceCollection services, string name, Action<IDurableTaskWorkerBuilder> configure)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(configure);
        configure(services.AddDurableTaskWorker(name));
        return services;
    }
}
