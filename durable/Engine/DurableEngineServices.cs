using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Orchestrator.Durable.Engine.Client;
using Orchestrator.Durable.Engine.History;
using Orchestrator.Durable.Engine.Inspection;

namespace Orchestrator.Durable.Engine;

/// <summary>Registers the embedded durable engine.</summary>
public static class DurableEngineServices
{
    /// <summary>
    /// Adds the engine as a hosted service and its <see cref="DurableTaskClient"/> as a singleton. It runs the tasks of the <see
    /// cref="Microsoft.DurableTask.DurableTaskRegistry"/> that is registered beside it, by the registered <see cref="TimeProvider"/> or the system's.
    /// </summary>
    public static IServiceCollection AddDurableEngine(this IServiceCollection services, Action<DurableEngineOptions> configure)
    {
        var options = new DurableEngineOptions();
        configure(options);
        ThrowIfInvalid(options);
        services.AddEngine(_ => options);
        services.AddSingleton<IHostedService>(provider => provider.GetRequiredService<DurableEngine>());
        services.AddSingleton<DurableTaskClient, EngineClient>();
        return services;
    }

    /// <summary>Adds the engine without starting it with the host, and without a client.</summary>
    internal static void AddEngine(this IServiceCollection services, Func<IServiceProvider, DurableEngineOptions> options)
    {
        services.AddLogging();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(options);
        services.AddSingleton<DurableEngine>();
        services.AddSingleton(provider => new InstanceInspector(provider.GetRequiredService<DurableEngine>()));
        services.AddSingleton(provider => new HistoryReader(() => provider.GetRequiredService<DurableEngine>().Store.Reader));
    }

    /// <exception cref="ArgumentOutOfRangeException">A limit is none.</exception>
    internal static void ThrowIfInvalid(DurableEngineOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.MaxConcurrentOrchestrations);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.MaxConcurrentActivities);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.MaxPayloadBytes);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(options.MaximumTimerInterval, TimeSpan.Zero);
        if (options.Retention is { } retention)
            ArgumentOutOfRangeException.ThrowIfLessThan(retention, TimeSpan.Zero);
    }
}
