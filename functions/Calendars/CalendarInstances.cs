using DurableTask.Core.Exceptions;
using Microsoft.DurableTask;
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
/// <param name="Stay">What comes after the increase; null: nothing that takes time.</param>
public sealed record CalendarQuestion(string Tenant, string Service, IReadOnlyList<ChangeWindow>? Windows, Stay? Stay = null);

/// <summary>Reads the calendar from the instances of tenants, freezes and windows, and keeps what is said of everything.</summary>
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

        /// <summary>What was last said of the windows of everything; null when nothing ever was.</summary>
        public async Task<WindowsChange?> WindowsAsync(CancellationToken cancellationToken) =>
            Whole.Read<WindowsChange>((await client.GetInstanceAsync(WindowsChange.InstanceId, getInputsAndOutputs: true, cancellationToken))?.SerializedInput);

        /// <summary>All that holds for a run from a moment on.</summary>
        public async Task<ChangeCalendar> CalendarAsync(CalendarQuestion question, DateTime now, CancellationToken cancellationToken)
        {
            var (tenant, service) = (question.Tenant, question.Service);
            var spec = (await client.TenantAsync(tenant, cancellationToken))?.View.Spec;
            var freezes = (await client.FreezesAsync(cancellationToken))
                .Where(freeze => freeze.IsAhead(now)).Select(freeze => freeze.Freeze! with { Reason = $"{freeze.Name}: {freeze.Freeze.Reason}" });
            var windows = (await client.WindowsAsync(cancellationToken))?.Windows;
            return new([new("everything", windows ?? [], [.. freezes]), .. spec?.CalendarOf(service) ?? [], CanaryWindows.Own(service, question.Windows)]);
        }

        /// <summary>Why a run may not be given more traffic at a moment; null when it may.</summary>
        public async Task<ClosedCalendar?> ClosedAsync(CalendarQuestion question, DateTime now, CancellationToken cancellationToken) =>
            (await client.CalendarAsync(question, now, cancellationToken)).Closed(now, question.Stay);

        /// <summary>Keeps what is said of everything as the input of an instance, and has all runs look at the calendar again; false when that very thing is being changed.</summary>
        public async Task<bool> TryKeepAsync(string orchestrator, string instanceId, object change, DateTime now, CancellationToken cancellationToken)
        {
            try
            {
                await client.ScheduleNewOrchestrationInstanceAsync(orchestrator, change, new StartOrchestrationOptions { InstanceId = instanceId }, cancellationToken);

                // So that whoever changes it next is not refused.
                await client.WaitForInstanceCompletionAsync(instanceId, cancellationToken);
            }
            catch (OrchestrationAlreadyExistsException)
            {
                return false;
            }

            await client.RecheckAsync(tenant: null, now, cancellationToken);
            return true;
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
