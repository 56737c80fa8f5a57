using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Orchestrator.Activities.Tenants;
using Orchestrator.Domain.Sweeps;
using Orchestrator.Domain.Tenants;

namespace Orchestrator.Functions.Sweeps;

/// <summary>Looks over everything once, and says what is not as it should be. It changes nothing on any cluster.</summary>
public static class SweepOrchestrator
{
    /// <summary>How many tenants are compared at once: the clusters have more to do than this.</summary>
    private const int AtOnce = 8;

    [Function(nameof(SweepOrchestrator))]
    public static async Task<SweepReport> RunAsync([OrchestrationTrigger] TaskOrchestrationContext context, SweepStart start)
    {
        var logger = context.CreateReplaySafeLogger(nameof(SweepOrchestrator));

        // 1. What the instances tell.
        var survey = await context.SurveyInstancesAsync(start.At);
        foreach (var stuck in survey.Stuck)
        {
            SweepLog.Stuck(logger, stuck.InstanceId, stuck.Reason);
        }

        // 2. Each tenant as it stands, beside what it shall be.
        List<DriftView> drifted = [];
        List<string> unseen = [];
        foreach (var some in survey.Tenants.Chunk(AtOnce))
        {
            var looks = some.Select(spec => LookAsync(context, spec)).ToList();
            await Task.WhenAll(looks);
            foreach (var (tenant, view, error) in looks.Select(look => look.Result))
            {
                if (view is { Drifted: true })
                {
                    drifted.Add(view);
                    SweepLog.Drift(logger, tenant, view.Fields.Count, view.Fields[0].Object, view.Fields[0].Field);
                }
                else if (error is not null)
                {
                    unseen.Add($"{tenant}: {error}");
                }
            }
        }

        // 3. What nobody needs any longer.
        var purged = await context.PurgeRunsAsync(start.At - start.Retention);
        return new(survey.Tenants.Count, drifted, unseen, survey.Stuck, purged);
    }

    private static async Task<(string Tenant, DriftView? View, string? Error)> LookAsync(TaskOrchestrationContext context, TenantSpec spec)
    {
        try
        {
            return (spec.Tenant, await context.FindDriftAsync(spec), null);
        }
        catch (TaskFailedException e)
        {
            return (spec.Tenant, null, e.FailureDetails.ErrorMessage);
        }
    }
}
