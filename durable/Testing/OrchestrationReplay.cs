using Microsoft.DurableTask;
using Microsoft.DurableTask.Converters;
using Microsoft.DurableTask.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Orchestrator.Durable.Engine;
using Orchestrator.Durable.Engine.History;
using Orchestrator.Durable.Engine.Replay;

namespace Orchestrator.Durable.Testing;

/// <summary>
/// Runs today's orchestrators over recorded histories, without effects: what differs would break the instances that run when the code is deployed.
/// </summary>
public static class OrchestrationReplay
{
    /// <summary>Checks the history of an instance in a test host against the code that wrote it.</summary>
    /// <exception cref="ArgumentException">There is no such instance.</exception>
    /// <exception cref="NonDeterministicOrchestrationException">The code does something else than it did; names the first difference.</exception>
    public static void Check(DurableTaskTestHost host, string instanceId)
    {
        ArgumentNullException.ThrowIfNull(host);
        var history = Read(host, instanceId);
        Check(host.Services.GetRequiredService<DurableTaskRegistry>(), history, host.Services);
    }

    /// <summary>Reads the history of an instance in a test host, to be kept in a file.</summary>
    /// <exception cref="ArgumentException">There is no such instance.</exception>
    public static HistoryFile Read(DurableTaskTestHost host, string instanceId)
    {
        ArgumentNullException.ThrowIfNull(host);
        var reader = host.Services.GetRequiredService<HistoryReader>();
        var instance = reader.Find(instanceId)
            ?? throw new ArgumentException($"There is no instance '{instanceId}' in the test host.", nameof(instanceId));
        return new(instanceId, reader.Events(instance));
    }

    /// <summary>Checks a recorded history against the orchestrators of a registry.</summary>
    /// <param name="registry">Today's orchestrators; activities are not called.</param>
    /// <param name="history">The history.</param>
    /// <param name="services">What the orchestrators' classes are made from; null for nothing.</param>
    /// <exception cref="NonDeterministicOrchestrationException">The code does something else than it did; names the first difference.</exception>
    public static void Check(DurableTaskRegistry registry, HistoryFile history, IServiceProvider? services = null)
    {
        ArgumentNullException.ThrowIfNull(registry);
        ArgumentNullException.ThrowIfNull(history);
        var orchestrators = registry.GetOrchestrators().ToDictionary();
        var options = services?.GetService<DurableEngineOptions>() ?? new();
        var environment = new ExecutionEnvironment(new(JsonDataConverter.Default, options.MaxPayloadBytes), NullLoggerFactory.Instance)
        {
            MaximumTimerInterval = options.MaximumTimerInterval,
            DefaultVersion = options.DefaultVersion,
        };
        var execution = new OrchestrationExecution(
            history.InstanceId,
            null,
            environment,
            name => orchestrators.TryGetValue(name, out var factory) ? factory(services ?? NoServices.Instance) : null);
        HistoryCheck.Run(execution, history.Events);
    }

    private sealed class NoServices : IServiceProvider
    {
        public static readonly NoServices Instance = new();

        public object? GetService(Type serviceType) => null;
    }
}
