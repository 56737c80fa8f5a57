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
    /// Adds the engine, with the tasks and options of the host's worker. Whoever wants more of it configures <see cref="DurableEngineOptions"/> as
    /// options.
    /// </summary>
    public static void AddInProcessEngine(this IServiceCollection services)
    {
        if (services.Any(service => service.ServiceType == typeof(DurableEngineOptions)))
            return;
        services.AddOptions();
        services.AddEngine(provider => Options(provider, WorkerName(provider)));
        services.AddSingleton(provider => provider.GetRequiredService<IOptionsMonitor<DurableTaskRegistry>>().Get(WorkerName(provider)));
    }

    /// <summary>Makes a client of the engine among the services.</summary>
    public static DurableTaskClient CreateClient(IServiceProvider services, string name)
    {
        var engine = services.GetService<DurableEngine>()
            ?? throw new InvalidOperationException("This host has no durable task worker for its client: call AddDurableTaskWorker too.");
        var options = services.GetRequiredService<IOptionsMonitor<DurableTaskClientOptions>>().Get(name);
        return new EngineClient(engine, new(name, options.DataConverter, options.DefaultVersion));
    }

    /// <exception cref="InvalidOperationException">There is no worker for the engine.</exception>
    /// <exception cref="NotSupportedException">There is more than one.</exception>
    private static string WorkerName(IServiceProvider services)
    {
        var workers = services.GetRequiredService<Builders<IDurableTaskWorkerBuilder>>().All.Where(worker => worker.BuildTarget is null).ToArray();
        return workers switch
        {
            [var one] => one.Name,
            [] => throw new InvalidOperationException("No worker of this host runs in the process: leave the build target of one unset."),
            _ => throw new NotSupportedException(
                $"The workers {string.Join(", ", workers.Select(worker => $"'{worker.Name}'"))} would share the one engine in the process: " +
                "start a host for each."),
        };
    }

    private static DurableEngineOptions Options(IServiceProvider services, string name)
    {
        var worker = services.GetRequiredService<IOptionsMonitor<DurableTaskWorkerOptions>>().Get(name);
        var filters = services.GetRequiredService<IOptionsMonitor<DurableTaskWorkerWorkItemFilters>>().Get(name);
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
            Admission = Admission(services, worker, filters),
            ActivityAdmission = filters.TakesActivity,
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
    private static Func<AdmissionRequest, CancellationToken, ValueTask<bool>> Admission(
        IServiceProvider services, DurableTaskWorkerOptions worker, DurableTaskWorkerWorkItemFilters filters)
    {
        var filter = services.GetService<IOrchestrationFilter>() ?? worker.OrchestrationFilter;
        return (request, cancellation) => !filters.TakesOrchestration(request.Name, request.Version) ? ValueTask.FromResult(false)
            : filter?.IsOrchestrationValidAsync(new() { Name = request.Name, Tags = request.Tags }, cancellation) ?? ValueTask.FromResult(true);
    }
#pragma warning restore CS0612, CS0618
}
