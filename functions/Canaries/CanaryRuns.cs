using System.Runtime.CompilerServices;
using Grpc.Core;
using Microsoft.DurableTask.Client;
using Orchestrator.Domain.Canaries;

namespace Orchestrator.Functions.Canaries;

/// <summary>Reads the canaries from their instances: all that is known of them outside their clusters.</summary>
internal static class CanaryRuns
{
    private static readonly OrchestrationRuntimeStatus[] Live =
        [OrchestrationRuntimeStatus.Pending, OrchestrationRuntimeStatus.Running, OrchestrationRuntimeStatus.Suspended];

    extension(DurableTaskClient client)
    {
        /// <summary>Raises an event of an instance; false when there is none, or it has ended.</summary>
        public async Task<bool> TryRaiseEventAsync(string instanceId, string name, object payload, CancellationToken cancellationToken)
        {
            try
            {
                await client.RaiseEventAsync(instanceId, name, payload, cancellationToken);
                return true;
            }
            catch (RpcException e) when (e.StatusCode is StatusCode.FailedPrecondition or StatusCode.NotFound)
            {
                return false;
            }
        }

        /// <summary>What the supervisor of a service shows; null before its first run. A custom status comes only with inputs and outputs.</summary>
        public async Task<SupervisorStatus?> SupervisorAsync(string tenant, string service, CancellationToken cancellationToken) =>
            Status(await client.GetInstanceAsync(CanaryNames.Supervisor(tenant, service), getInputsAndOutputs: true, cancellationToken));

        /// <summary>The last canary of a service; null when there was none.</summary>
        public async Task<CanaryView?> CanaryAsync(string tenant, string service, CancellationToken cancellationToken) =>
            CanaryNames.AreNames(tenant, service)
            && await client.GetInstanceAsync(CanaryNames.Supervisor(tenant, service), getInputsAndOutputs: true, cancellationToken) is { } supervisor
                ? await client.LastAsync(supervisor, cancellationToken)
                : null;

        /// <summary>The canary that a command began, or that waits for it; null when there is none.</summary>
        public async Task<CanaryView?> CanaryOfAsync(string tenant, string service, string command, CancellationToken cancellationToken)
        {
            await foreach (var run in client.QueryAsync($"{CanaryNames.Supervisor(tenant, service)}.", null, cancellationToken))
            {
                if (Whole.Read<CanaryStart>(run.SerializedInput)?.Command == command)
                {
                    return View(run);
                }
            }

            return await client.SupervisorAsync(tenant, service, cancellationToken) is { Waiting: { } waiting, Run: var last } && waiting.Submission == command
                && await client.GetInstanceAsync(CanaryNames.Supervisor(tenant, service), getInputsAndOutputs: true, cancellationToken) is { } supervisor
                ? Queued(supervisor, waiting, last + 1)
                : null;
        }

        /// <summary>The last canary of each service of a tenant, and what waits behind it.</summary>
        public async Task<IReadOnlyList<CanaryView>> CanariesAsync(string tenant, CancellationToken cancellationToken)
        {
            List<CanaryView> views = [];
            await foreach (var instance in client.QueryAsync(CanaryNames.Supervisor(tenant, ""), null, cancellationToken))
            {
                if (CanaryNames.Number(instance.InstanceId) is not null)
                {
                    continue;
                }

                views.AddRange(await client.LastAsync(instance, cancellationToken) is { } view ? [view] : []);
                views.AddRange(Status(instance) is { Waiting: { } waiting } status ? [Queued(instance, waiting, status.Run + 1)] : []);
            }

            return [.. views.OrderBy(view => view.Service, StringComparer.Ordinal).ThenBy(view => view.StartedAt)];
        }

        /// <summary>Every canary that is on its way.</summary>
        /// <param name="tenant">Of which tenant; null: of all.</param>
        /// <param name="cancellationToken">Ends the query.</param>
        public async Task<IReadOnlyList<CanaryView>> RunningCanariesAsync(string? tenant, CancellationToken cancellationToken)
        {
            List<CanaryView> views = [];
            var prefix = tenant is null ? CanaryNames.Prefix : CanaryNames.Supervisor(tenant, "");
            await foreach (var instance in client.QueryAsync(prefix, Live, cancellationToken))
            {
                if (CanaryNames.Number(instance.InstanceId) is not null && View(instance) is { } view)
                {
                    views.Add(view);
                }
            }

            return [.. views.Where(view => !CanaryControl.IsOver(view.Phase)).OrderBy(view => view.InstanceId, StringComparer.Ordinal)];
        }

        /// <summary>Every run of a service that is over, the oldest first.</summary>
        public async Task<IReadOnlyList<CanaryRecord>> HistoryAsync(string tenant, string service, CancellationToken cancellationToken)
        {
            List<(int Number, CanaryRecord Record)> records = [];
            await foreach (var instance in client.QueryAsync($"{CanaryNames.Supervisor(tenant, service)}.", null, cancellationToken))
            {
                if (CanaryNames.Number(instance.InstanceId) is { } number && Record(instance) is { } record && CanaryControl.IsOver(record.View.Phase))
                {
                    records.Add((number, record));
                }
            }

            return [.. records.OrderBy(run => run.Number).Select(run => run.Record)];
        }

        /// <summary>How many runs of a service there are; the supervisor knows, unless it was purged.</summary>
        public async Task<int> CountRunsAsync(string tenant, string service, CancellationToken cancellationToken)
        {
            var last = 0;
            await foreach (var id in client.QueryAsync($"{CanaryNames.Supervisor(tenant, service)}.", null, cancellationToken))
            {
                last = Math.Max(last, CanaryNames.Number(id.InstanceId) ?? 0);
            }

            return last;
        }

        private ConfiguredCancelableAsyncEnumerable<OrchestrationMetadata> QueryAsync(
            string prefix, IReadOnlyList<OrchestrationRuntimeStatus>? statuses, CancellationToken cancellationToken) =>
            client.GetAllInstancesAsync(new OrchestrationQuery { InstanceIdPrefix = prefix, Statuses = statuses, FetchInputsAndOutputs = true })
                .WithCancellation(cancellationToken);

        private async Task<CanaryView?> LastAsync(OrchestrationMetadata supervisor, CancellationToken cancellationToken)
        {
            if (Status(supervisor) is not { } status)
            {
                // Its first turn has not come yet: what it begins with is its input.
                return Whole.Read<SupervisorState>(supervisor.SerializedInput)?.Waiting is { } first ? Queued(first, supervisor.InstanceId) : null;
            }

            var run = await client.GetInstanceAsync(CanaryNames.Run(supervisor.InstanceId, status.Run), getInputsAndOutputs: true, cancellationToken);
            return run is not null ? View(run) : Queued(supervisor, status.Current, status.Run);
        }
    }

    /// <summary>What an instance that was read with its payloads tells of a canary: a run, how it stands; a supervisor, what waits. Null: nothing.</summary>
    public static CanaryView? Told(OrchestrationMetadata instance) => CanaryNames.Number(instance.InstanceId) is not null
        ? View(instance)
        : Status(instance) is { Waiting: { } waiting } status ? Queued(instance, waiting, status.Run + 1) : null;

    /// <summary>How a run stands; null when the instance is none.</summary>
    private static CanaryView? View(OrchestrationMetadata run)
    {
        if (Whole.Read<CanaryStart>(run.SerializedInput) is not { } start)
        {
            return null;
        }

        var view = Whole.Read<CanaryView>(run.SerializedCustomStatus) ?? Queued(start, run.InstanceId);
        return run.RuntimeStatus switch
        {
            OrchestrationRuntimeStatus.Failed => Broken(view, run, $"the run broke: {run.FailureDetails?.ErrorMessage}"),
            OrchestrationRuntimeStatus.Terminated => Broken(view, run, "the run was terminated"),
            _ => view,
        };
    }

    private static CanaryRecord? Record(OrchestrationMetadata run)
    {
        if (Whole.Read<CanaryStart>(run.SerializedInput) is not { } start || View(run) is not { } view)
        {
            return null;
        }

        if (run.RuntimeStatus == OrchestrationRuntimeStatus.Completed && Whole.Read<CanaryRecord>(run.SerializedOutput) is { } record)
        {
            return record;
        }

        // As far as it came by its last checkpoint: all of it while the old version is kept.
        return Whole.Unpack(start.Checkpoint) is { Progress: var known, Errors: var errors }
            ? known.Record(errors) with { View = view }
            : new(view, start.Spec, [], [], []);
    }

    private static CanaryView Broken(CanaryView view, OrchestrationMetadata run, string why) => view with
    {
        Phase = CanaryPhase.Failed,
        Reason = $"{why}, and nothing was taken back: compare VirtualService and DestinationRule {view.Tenant}/{view.Service} with what they should be",
        WaitingFor = null,
        FinishedAt = run.LastUpdatedAt.UtcDateTime,
    };

    private static CanaryView Queued(CanaryStart start, string instanceId) =>
        CanaryProgress.Begin(start.Spec, instanceId, start.At).View() with { Phase = CanaryPhase.Queued };

    /// <summary>A run that has not shown itself yet, from what its supervisor knows.</summary>
    private static CanaryView Queued(OrchestrationMetadata supervisor, Submitted submitted, int number)
    {
        var names = supervisor.InstanceId.Split('.');
        return new(
            names[1], names[2], CanaryPhase.Queued, null, submitted.Version, null, new(100, 0), null, [], null, null, [], submitted.At, null,
            CanaryNames.Run(supervisor.InstanceId, number));
    }

    private static SupervisorStatus? Status(OrchestrationMetadata? supervisor) =>
        Whole.Read<SupervisorStatus>(supervisor?.SerializedCustomStatus);
}
