using DurableTask.Core.Exceptions;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Orchestrator.Cluster;
using Orchestrator.Domain;
using Orchestrator.Domain.Canaries;
using Orchestrator.Domain.Tenants;
using Orchestrator.Functions.Calendars;
using Orchestrator.Functions.Canaries;
using Orchestrator.Functions.Commands;
using Orchestrator.Functions.Meshes;

namespace Orchestrator.Functions.Tenants;

/// <summary>What can be told to a tenant.</summary>
public sealed class TenantCommands(IClusterDirectory clusters, TimeProvider time)
{
    /// <summary>How often a command is decided anew when another one came in between.</summary>
    private const int Attempts = 3;

    /// <summary>What a spec asks for that is not to be had here.</summary>
    internal IReadOnlyList<Problem> Check(TenantSpec spec) => clusters.Names.Contains(spec.Cluster)
        ? []
        : [new Problem("/cluster", "unknown", $"No cluster '{spec.Cluster}' is configured; known are: {string.Join(", ", clusters.Names)}.")];

    /// <summary>Onboards a tenant, or changes one that stands.</summary>
    /// <param name="client">The instances.</param>
    /// <param name="spec">What the tenant shall be.</param>
    /// <param name="command">The queue's command, told to the run; null for a call.</param>
    /// <param name="cancellationToken">Ends the wait, not the run.</param>
    internal async Task<CommandOutcome> OnboardAsync(
        DurableTaskClient client, TenantSpec spec, string? command, CancellationToken cancellationToken)
    {
        if (Check(spec) is { Count: > 0 } problems)
        {
            return new CommandOutcome.Invalid(problems);
        }

        var shared = (await client.MeshAsync(spec.Cluster, cancellationToken))?.InForce?.Revision;
        var outcome = await DecideAsync(
            client, spec.Tenant, known => TenantDecision.Onboard(Following(spec, known, shared), known), command, cancellationToken);
        if (outcome is CommandOutcome.Accepted { IsBegun: true })
        {
            await client.RecheckAsync(spec.Tenant, time.GetUtcNow().UtcDateTime, cancellationToken);
        }

        return outcome;
    }

    /// <summary>The spec with the revision that it leaves open: a tenant stays where it was moved to, and a new one follows the cluster's mesh.</summary>
    private static TenantSpec Following(TenantSpec spec, TenantRecord? known, string? shared) => spec with
    {
        Mesh = spec.Mesh with { Revision = spec.Mesh.Revision ?? known?.InForce?.Revision ?? shared ?? spec.Revision },
    };

    /// <summary>Takes a tenant away.</summary>
    internal static Task<CommandOutcome> OffboardAsync(
        DurableTaskClient client, string tenant, string? command, CancellationToken cancellationToken) =>
        DecideAsync(client, tenant, known => TenantDecision.Offboard(tenant, known), command, cancellationToken);

    /// <summary>Puts back what others have changed of a tenant's objects.</summary>
    internal static Task<CommandOutcome> RepairAsync(
        DurableTaskClient client, string tenant, string? command, CancellationToken cancellationToken) =>
        DecideAsync(client, tenant, known => TenantDecision.Repair(tenant, known), command, cancellationToken);

    private static async Task<CommandOutcome> DecideAsync(
        DurableTaskClient client,
        string tenant,
        Func<TenantRecord?, TenantDecision> decide,
        string? command,
        CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var known = await client.TenantAsync(tenant, cancellationToken);
            if (command is not null && known?.Start.Command == command)
            {
                // It was begun, and whoever began it was cut off before that was written down.
                return Accepted(known, isBegun: true);
            }

            switch (decide(known))
            {
                case TenantDecision.Begin { Start: var start }:
                    if (await ConflictAsync(client, start, cancellationToken) is { } obstacle)
                    {
                        return new CommandOutcome.Conflict(obstacle);
                    }

                    start = start with { Command = command };
                    try
                    {
                        await BeginAsync(client, start, cancellationToken);
                        return Accepted(TenantRecord.Beginning(start), isBegun: true);
                    }
                    catch (OrchestrationAlreadyExistsException) when (attempt < Attempts)
                    {
                        continue;
                    }
                    catch (OrchestrationAlreadyExistsException e)
                    {
                        return new CommandOutcome.Conflict(e.Message);
                    }

                case TenantDecision.UnderWay { Record: var running }:
                    return Accepted(running, isBegun: false);
                case TenantDecision.Nothing { Record: var standing }:
                    return new CommandOutcome.Unchanged(Location(standing), standing.View);
                case TenantDecision.Conflict { Reason: var reason }:
                    return new CommandOutcome.Conflict(reason);
                case TenantDecision.Unknown { Reason: var missing }:
                    return new CommandOutcome.NotFound(missing);
            }
        }
    }

    private static async Task<string?> ConflictAsync(DurableTaskClient client, TenantStart start, CancellationToken cancellationToken)
    {
        if (await CanaryInTheWayAsync(client, start, cancellationToken) is { } canary)
        {
            return $"The canary of {canary.Candidate} for service '{canary.Service}' is {canary.Phase}, and its routes would be taken from it: "
                + $"abort it (orc canaries abort {canary.Tenant} {canary.Service}) or wait until it has ended, then try again.";
        }

        return start.Intent is TenantIntent.Onboard ? await OtherInTheWayAsync(client, start.Spec, cancellationToken) : null;
    }

    private static async Task<CanaryView?> CanaryInTheWayAsync(DurableTaskClient client, TenantStart start, CancellationToken cancellationToken)
    {
        var touched = TenantPlan.Touched(start);
        var canaries = touched.Count == 0 ? [] : await client.CanariesAsync(start.Spec.Tenant, cancellationToken);
        return canaries.FirstOrDefault(canary => touched.Contains(canary.Service) && !CanaryControl.IsOver(canary.Phase));
    }

    /// <summary>
    /// Which nodePort or host another tenant has, in words; null when none. What other Services of the cluster have, and a nodePort of a tenant that
    /// is put at the same moment, is found by the run.
    /// </summary>
    private static async Task<string?> OtherInTheWayAsync(DurableTaskClient client, TenantSpec spec, CancellationToken cancellationToken)
    {
        var ports = spec.Gateway.Service.Ports.Select(port => port.NodePort).OfType<int>().ToHashSet();
        if (ports.Count == 0 && spec.Gateway.Hosts.Contains(HostNames.Any))
        {
            return null;
        }

        await foreach (var other in client.TenantsAsync(cancellationToken))
        {
            if (other.Start.Spec.Cluster != spec.Cluster || other.Start.Spec.Tenant == spec.Tenant)
            {
                continue;
            }

            if (other.NodePorts.FirstOrDefault(ports.Contains) is > 0 and var port)
            {
                return $"nodePort {port} is taken by tenant '{other.Start.Spec.Tenant}'. "
                    + "Choose another under gateway.service.ports, or leave nodePort out to be given one.";
            }

            if (other.Hosts.FirstOrDefault(taken => spec.Gateway.Hosts.Any(host => HostNames.Overlap(host, taken))) is { } taken)
            {
                return $"Host {taken} is taken by tenant '{other.Start.Spec.Tenant}': name other hosts under gateway.hosts.";
            }
        }

        return null;
    }

    private static Task<string> BeginAsync(DurableTaskClient client, TenantStart start, CancellationToken cancellationToken) =>
        client.ScheduleNewOrchestrationInstanceAsync(
            start.Intent switch
            {
                TenantIntent.Offboard => nameof(TenantOffboardingOrchestrator),
                TenantIntent.Repair => nameof(TenantRepairOrchestrator),
                _ => nameof(TenantOrchestrator),
            },
            start with { Announces = true },
            new StartOrchestrationOptions { InstanceId = TenantNames.Instance(start.Spec.Tenant) },
            cancellationToken);

    private static CommandOutcome.Accepted Accepted(TenantRecord record, bool isBegun) => new(Location(record), record.View, isBegun);

    private static string Location(TenantRecord record) => $"/api/tenants/{record.Start.Spec.Tenant}";
}
