using Microsoft.DurableTask.Client;
using Orchestrator.Domain.Meshes;

namespace Orchestrator.Functions.Meshes;

/// <summary>Reads the control planes from their instances.</summary>
internal static class MeshInstances
{
    /// <summary>The control plane of a cluster; null when none was ever asked for.</summary>
    public static async Task<MeshRecord?> MeshAsync(this DurableTaskClient client, string cluster, CancellationToken cancellationToken) =>
        await client.GetInstanceAsync(MeshPlan.Instance(cluster), getInputsAndOutputs: true, cancellationToken) is { } instance
            ? MeshRecord.From(instance)
            : null;
}
