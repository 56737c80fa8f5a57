using Microsoft.DurableTask;
using Orchestrator.Activities.Events;
using Orchestrator.Domain;
using Orchestrator.Domain.Tenants;

namespace Orchestrator.Functions.Tenants;

/// <summary>What the cluster is told of a tenant's run.</summary>
internal static class TenantAnnouncements
{
    extension(TaskOrchestrationContext context)
    {
        /// <summary>Has the cluster tell of a tenant's phase. Runs that were begun before this was done go on without.</summary>
        public void Announce(TenantStart start, TenantPhase phase, string? reason = null)
        {
            if (start.Announces)
            {
                context.Announce(Announcement.Of(start.Spec, phase, reason));
            }
        }
    }
}
