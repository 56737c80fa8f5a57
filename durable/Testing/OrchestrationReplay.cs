using Microsoft.DurableTask;
using Microsoft.DurableTask.Testing;
using Microsoft.Extensions.DependencyInjection;
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
        if (HistoryCheck.Run(registry, history, services).Difference is { } difference)
            throw difference;
    }
}
