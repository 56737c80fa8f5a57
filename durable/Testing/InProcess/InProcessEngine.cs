using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Worker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orchestrator.Durable.Engine;
using Orchestrator.Durable.Engine.Client;

namespace Orchestrator.Durable.Testing;

/// <summary>The durable engine as the worker of a host and behind its clients.</summary>
internal static class InProcessEngine
{
    /// <summary>
    /// Adds the engine, with the tasks and options of a worker. Whoever wants more of it configures <see cref="DurableEngineOptions"/> as options.
    /// </summary>
    /// <exception cref="NotSupportedException">The host has a worker of another name.</exception>
    public static void AddInProcessEngine(this IServiceCollection services, string worker)
    {
        if (services.Any(service => service.ServiceType == typeof(DurableEngineOptions)))
            throw new NotSupportedException("This host has a durable task worker: the engine in the process serves one; start another host for another.");
        services.AddOptions();
        services.AddEngine(provider => Options(provider, worker));
        services.AddSingleton(provider => provider.GetRequiredService<IOptionsMonitor<DurableTaskRegistry>>().Get(worker));
    }

    /// <summary>Makes a client of the engine among the services.</summary>
    public static DurableTaskClient CreateClient(IServiceProvider services, string name)
    {
        var engine = services.GetService<DurableEngine>()
            ?? throw new InvalidOperationException("This host has no durable task worker for its client: call AddDurableTaskWorker too.");
        var options = services.GetRequiredService<IOptionsMonitor<DurableTaskClientOptions>>().Get(name);
        return new EngineClient(engine, new(name, options.DataConverter, options.DefaultVersion));
    }

    private static DurableEngineOptions Options(IServiceProvider services, string name)
    {
        var worker = services.GetRequiredService<IOptionsMonitor<DurableTaskWorkerOptions>>().Get(name);
        var versioning = worker.Versioning ?? new();
        var options = new DurableEngineOptions
        {
            StorePath = DurableEngineOptions.InMemory,
            MaxConcurrentActivities = worker.Concurrency.MaximumConcurrentActivityWorkItems,
            MaxConcurrentOrchestrations = worker.Concurrency.MaximumConcurrentOrchestrationWorkItems,
            MaximumTimerInterval = worker.MaximumTimerInterval,
            DataConverter = worker.DataConverter,
            DefaultVersion = versioning.DefaultVersion,
            Version = versioning.Version,
            VersionMatch = Match(versioning.MatchStrategy),
            FailOnVersionMismatch = versioning.FailureStrategy is DurableTaskWorkerOptions.VersionFailureStrategy.Fail,
            ExceptionProperties = services.GetService<IExceptionPropertiesProvider>() is { } provider ? provider.GetExceptionProperties : null,
            Admission = Filter(services, worker),
            RejectRedundantSuspendAndResume = false,
            RejectContradictoryDedupeStatuses = false,
            ListPayloads = true,
        };
        foreach (var configure in services.GetServices<IConfigureOptions<DurableEngineOptions>>())
            configure.Configure(options);
        DurableEngineServices.ThrowIfInvalid(options);
        return options;
    }

    private static VersionMatch Match(DurableTaskWorkerOptions.VersionMatchStrategy strategy) => strategy switch
    {
        DurableTaskWorkerOptions.VersionMatchStrategy.None => VersionMatch.Any,
        DurableTaskWorkerOptions.VersionMatchStrategy.Strict => VersionMatch.Same,
        DurableTaskWorkerOptions.VersionMatchStrategy.CurrentOrOlder => VersionMatch.SameOrOlder,
        _ => throw new ArgumentOutOfRangeException(nameof(strategy), strategy, "This is no version match strategy."),
    };

#pragma warning disable CS0612, CS0618 // filters are experimental, not obsolete
    private static Func<AdmissionRequest, CancellationToken, ValueTask<bool>>? Filter(IServiceProvider services, DurableTaskWorkerOptions worker) =>
        (services.GetService<IOrchestrationFilter>() ?? worker.OrchestrationFilter) is { } filter
            ? (request, cancellation) => filter.IsOrchestrationValidAsync(new() { Name = request.Name, Tags = request.Tags }, cancellation)
            : null;
#pragma warning restore CS0612, CS0618
}
