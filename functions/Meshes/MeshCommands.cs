using DurableTask.Core.Exceptions;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Orchestrator.Cluster;
using Orchestrator.Cluster.Istio.Inspection;
using Orchestrator.Domain.Meshes;
using Orchestrator.Functions.Commands;

namespace Orchestrator.Functions.Meshes;

/// <summary>What can be told to a control plane.</summary>
public sealed class MeshCommands(IClusterDirectory clusters)
{
    /// <summary>Whether a cluster is configured.</summary>
    internal bool Knows(string cluster) => clusters.Names.Contains(cluster);

    /// <summary>Why a cluster has no control plane here, in words.</summary>
    internal string Unknown(string cluster) => $"No cluster '{cluster}' is configured; known are: {string.Join(", ", clusters.Names)}.";

    /// <summary>Ensures a control plane; one that stands as asked is looked over again and not changed.</summary>
    /// <param name="client">The instances.</param>
    /// <param name="spec">What the control plane shall be.</param>
    /// <param name="command">The queue's command, told to the run; null for a call.</param>
    /// <param name="cancellationToken">Ends the wait, not the run.</param>
    internal async Task<CommandOutcome> EnsureAsync(DurableTaskClient client, MeshSpec spec, string? command, CancellationToken cancellationToken)
    {
        if (!Knows(spec.Cluster))
        {
            return new CommandOutcome.NotFound(Unknown(spec.Cluster));
        }

        var known = await client.MeshAsync(spec.Cluster, cancellationToken);
        if (command is not null && known?.Start.Command == command)
        {
            return Accepted(known, isBegun: true);
        }

        if (known is not { IsRunning: true })
        {
            var start = new MeshStart(spec, known?.Stands ?? false, command, known?.InForce);
            try
            {
                await client.ScheduleNewOrchestrationInstanceAsync(
                    nameof(MeshOrchestrator),
                    start,
                    new StartOrchestrationOptions { InstanceId = MeshPlan.Instance(spec.Cluster) },
                    cancellationToken);
                return Accepted(MeshRecord.Beginning(start), isBegun: true);
            }
            catch (OrchestrationAlreadyExistsException)
            {
                known = await client.MeshAsync(spec.Cluster, cancellationToken);
            }
        }

        return known is not null && MeshRecord.Same(known.Start.Spec, spec)
            ? Accepted(known, isBegun: false)
            : new CommandOutcome.Conflict(
                $"The mesh of cluster '{spec.Cluster}' is being ensured with another spec: wait until that has ended, then put it again.");
    }

    /// <summary>The control plane with what is found on its cluster now.</summary>
    internal async Task<MeshView> InspectAsync(MeshView view, CancellationToken cancellationToken) =>
        view with { Findings = await MeshInspection.FindingsAsync(clusters, view.Cluster, view.Spec, cancellationToken) };

    private static CommandOutcome.Accepted Accepted(MeshRecord record, bool isBegun) =>
        new($"/api/meshes/{record.Start.Spec.Cluster}", record.View, isBegun);
}
