using System.Diagnostics.CodeAnalysis;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Worker;

namespace Orchestrator.Durable.Testing;

/// <summary>Makes the tasks of a registry.</summary>
internal sealed class RegistryFactory(DurableTaskRegistry registry) : IDurableTaskFactory
{
    public bool TryCreateActivity(TaskName name, IServiceProvider serviceProvider, [NotNullWhen(true)] out ITaskActivity? activity) =>
        (activity = registry.FindActivity(name, TaskVersion.Unversioned)?.Invoke(serviceProvider)) is not null;

    public bool TryCreateOrchestrator(TaskName name, IServiceProvider serviceProvider, [NotNullWhen(true)] out ITaskOrchestrator? orchestrator) =>
        (orchestrator = registry.FindOrchestrator(name, TaskVersion.Unversioned)?.Invoke(serviceProvider)) is not null;
}
