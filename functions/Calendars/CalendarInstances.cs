using Microsoft.DurableTask.Client;
using Orchestrator.Domain.Calendars;
using Orchestrator.Domain.Canaries;
using Orchestrator.Functions.Canaries;
using Orchestrator.Functions.Tenants;

namespace Orchestrator.Functions.Calendars;

/// <summary>What a run asks the calendar.</summary>
/// <param name="Tenant">Its tenant.</param>
/// <param name="Service">Its service.</param>
/// <param name="Windows">Its own windows.</param>
public sealed record CalendarQuestion(string Tenant, string Service, IReadOnlyList<ChangeWindow>? Windows);

/// <summary>Reads the calendar from the instances of tenants and freezes.</summary>
internal static class CalendarInstances
{
    extension(DurableTaskClient client)
    {
        /// <summary>What was last said of each freeze, the lifted ones included.</summary>
        public async Task<IReadOnlyList<FreezeChange>> FreezesAsync(CancellationToken cancellationToken)
        {
            List<FreezeChange> freezes = [];
            var query = new OrchestrationQuery { InstanceIdPrefix = FreezeChange.Prefix, FetchInputsAndOutputs = true };
            await foreach (var instance in client.GetAllInstancesAsync(query).WithCancellation(cancellationToken))
            {
                if (Whole.Read<FreezeChange>(instance.SerializedInput) is { } freeze && freeze.InstanceId == instance.InstanceId)
                {
                    freezes.Add(freeze);
                }
            }

            return [.. freezes.OrderBy(freeze => freeze.Name, StringComparer.Ordinal)];
        }

        /// <summary>Why a run may not be given more traffic at a moment; null when it may.</summary>
        public async Task<ClosedCalendar?> ClosedAsync(CalendarQuestion question, DateTime now, CancellationToken cancellationToken)
        {
            var tenant = (await client.TenantAsync(question.Tenant, cancellationToken))?.View.Spec;
            var freezes = await client.FreezesAsync(cancellationToken);
            return new ChangeCalendar(
            [
                new("everything", [], [.. freezes.Where(freeze => freeze.IsAhead(now)).Select(freeze => freeze.Freeze! with { Reason = $"{freeze.Name}: {freeze.Freeze.Reason}" })]),
                new($"tenant {question.Tenant}", tenant?.Windows ?? [], tenant?.Freezes ?? []),
                new($"canary {question.Service}", question.Windows ?? [], []),
            ]).Closed(now);
        }

        /// <summary>Has the runs look at the calendar again that it may hold back. One that does not hear of it looks by itself after a while.</summary>
        /// <param name="tenant">The tenant whose runs; null: all.</param>
        /// <param name="now">The time, UTC.</param>
        /// <param name="cancellationToken">Ends the call.</param>
        public async Task RecheckAsync(string? tenant, DateTime now, CancellationToken cancellationToken)
        {
            var decision = new CanaryDecision(Verb.Recheck, "calendar", null, now);
            foreach (var run in await client.RunningCanariesAsync(tenant, cancellationToken))
            {
                // One that has ended meanwhile needs no calendar.
                await client.TryRaiseEventAsync(run.InstanceId, CanaryDecision.EventName, decision, cancellationToken);
            }
        }
    }
}
