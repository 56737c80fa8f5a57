using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Orchestrator.Durable.Testing;

namespace Microsoft.DurableTask.Client;

/// <summary>Adds clients to a host.</summary>
public static class ServiceCollectionExtensions
{
    /// <summary>Adds a client, or gets the one of the same name. The default one is a service of its own too.</summary>
    /// <param name="services">The services of the host.</param>
    /// <param name="name">The name of the client; <c>null</c> for the default one.</param>
    /// <returns>Its builder.</returns>
    public static IDurableTaskClientBuilder AddDurableTaskClient(this IServiceCollection services, string? name = default)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.TryAddSingleton<IDurableTaskClientProvider, ClientProvider>();
        return Builders<IDurableTaskClientBuilder>.Of(services).GetOrAdd(name ?? Options.DefaultName, Add);

        IDurableTaskClientBuilder Add(string key)
        {
            var builder = new DefaultDurableTaskClientBuilder(key, services);
            services.AddOptions<DurableTaskClientOptions>(key).Configure<IServiceProvider>(
                (options, provider) => options.Converter ??= provider.GetService<DataConverter>());
            services.AddSingleton(provider => new NamedClient(builder.Build(provider)));
            if (key == Options.DefaultName)
                builder.RegisterDirectly();
            return builder;
        }
    }

    /// <summary>Adds the default client, or gets it, and sets it up.</summary>
    /// <param name="services">The services of the host.</param>
    /// <param name="configure">Sets it up.</param>
    /// <returns>The services.</returns>
    public static IServiceCollection AddDurableTaskClient(this IServiceCollection services, Action<IDurableTaskClientBuilder> configure) =>
        services.AddDurableTaskClient(Options.DefaultName, configure);

    /// <summary>Adds a client, or gets the one of the same name, and sets it up.</summary>
    /// <param name="services">The services of the host.</param>
    /// <param name="name">The name of the client.</param>
    /// <param name="configure">Sets it up.</param>
    /// <returns>The services.</returns>
    public static IServiceCollection AddDurableTaskClient(
        this IServiceCollection services, string name, Action<IDurableTaskClientBuilder> configure)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(configure);
        configure(services.AddDurableTaskClient(name));
        return services;
    }
}
