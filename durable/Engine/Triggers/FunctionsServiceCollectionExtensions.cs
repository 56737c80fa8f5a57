using System.Reflection;
using Azure.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Orchestrator.Durable.Engine.Triggers.Queues;
using Orchestrator.Durable.Engine.Triggers.Timers;

namespace Orchestrator.Durable.Engine.Triggers;

/// <summary>Registers the functions of an app.</summary>
public static class FunctionsServiceCollectionExtensions
{
    /// <summary>
    /// Finds the <c>[Function]</c> methods of assemblies, and registers <see cref="HostJson"/> and a
    /// <see cref="Microsoft.DurableTask.DurableTaskRegistry"/> with their orchestrators and activities.
    /// </summary>
    /// <param name="services">The services of the host.</param>
    /// <param name="hostJson">The settings of the host.</param>
    /// <param name="assemblies">Where the functions are.</param>
    /// <returns>The services.</returns>
    /// <exception cref="FunctionDiscoveryException">Functions cannot be served as they are written.</exception>
    public static IServiceCollection AddFunctions(this IServiceCollection services, HostJson hostJson, params Assembly[] assemblies) =>
        services.AddFunctions(hostJson, assemblies.SelectMany(assembly => assembly.GetTypes()));

    internal static IServiceCollection AddFunctions(this IServiceCollection services, HostJson hostJson, IEnumerable<Type> types)
    {
        var catalog = FunctionDiscovery.Find(hostJson, types);
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(hostJson);
        services.AddSingleton(catalog);
        services.AddSingleton(catalog.Registry);
        services.AddSingleton(provider => new FunctionSettings(provider.GetService<IConfiguration>()));
        services.AddHostedService<FunctionsStartup>();
        services.AddHostedService<TimerTriggers>();
        services.AddSingleton(provider => new QueueClients(
            provider.GetRequiredService<IConfiguration>(),
            hostJson.Queues,
            provider.GetService<TokenCredential>(),
            provider.GetRequiredService<ILogger<QueueClients>>()));
        services.AddSingleton<QueueOutputs>();
        services.AddHostedService<QueueTriggers>();
        if (catalog.Http.Any(function => HttpAnswer.NeedsMvc(function.Method.ResultType)))
        {
            services.AddMvcCore();
        }

        return services;
    }
}
