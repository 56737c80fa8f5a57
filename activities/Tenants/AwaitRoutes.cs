using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Orchestrator.Cluster;
using Orchestrator.Cluster.Istio.Readiness;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Domain;
using Orchestrator.Domain.Tenants;

namespace Orchestrator.Activities.Tenants;

/// <summary>A look at whether the gateway pods obey a run's routes.</summary>
/// <param name="Run">The run.</param>
/// <param name="Limit">How long the look may take.</param>
/// <param name="Insists">Whether a pod that is not reached is waited for; else the run goes on without its proof.</param>
public sealed record RouteLook(TenantRun Run, TimeSpan Limit, bool Insists);

/// <summary>
/// Waits, within a limit, until every gateway pod obeys the routes that the run wrote, several times in a row: proxies learn a rule one by one, and
/// nobody is to be answered 404 or 503 by a tenant that is ready. What no probe can show (<c>pods/proxy</c> is forbidden, or a network policy
/// keeps the API server out) is told as <c>Unproven</c> and holds nobody up; a pod that says itself that it lacks the route does.
/// </summary>
public sealed class AwaitRoutes(IClusterDirectory clusters, TimeProvider time)
{
    /// <summary>How many times in a row all must be well: a proxy's threads take a rule over one by one.</summary>
    private const int Proofs = 3;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    [Function(nameof(AwaitRoutes))]
    public Task<StepReport> RunAsync([ActivityTrigger] RouteLook look, FunctionContext context) =>
        (look.Run.Repairs ? look.Run.Spec.Services : TenantPlan.Learned(look.Run.Spec, look.Run.Previous)) is { Count: > 0 } services
            ? clusters.AskAsync(look.Run.Spec.Cluster, resources => LookAsync(resources, look, services, context.CancellationToken))
            : Task.FromResult(StepReport.Done("Ready", "there was no route to learn"));

    private async Task<StepReport> LookAsync(
        IResources resources, RouteLook look, IReadOnlyList<ServiceSpec> services, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        for (var proofs = 0; ;)
        {
            var survey = await RouteSurvey.TakeAsync(resources, look.Run.Spec, services, cancellationToken);
            var untaken = await UntakenAsync(resources, look.Run.Spec, services, cancellationToken);
            proofs = survey.IsProof && untaken is null ? proofs + 1 : 0;
            if (Judge(look, survey, untaken, proofs, isLast: time.GetElapsedTime(started) >= look.Limit) is { } report)
            {
                return report;
            }

            await Task.Delay(Pause, time, cancellationToken);
        }
    }

    /// <summary>The routes of the Gateway API that istiod does not take, in words; null when it takes all. Istio's own have no such status.</summary>
    private static async Task<string?> UntakenAsync(
        IResources resources, TenantSpec spec, IReadOnlyList<ServiceSpec> services, CancellationToken cancellationToken)
    {
        List<string> missing = [];
        foreach (var service in spec.Gateway.Mode is GatewayMode.GatewayApi ? services : [])
        {
            var route = await resources.GetAsync(ResourceType.HttpRoute, spec.Tenant, service.Name, cancellationToken);
            var title = KubernetesObject.Title(ResourceType.HttpRoute.Kind, spec.Tenant, service.Name);
            missing.AddRange(GatewayApiStatus.MissingOfRoute(title, route, TenantNames.KubernetesGateway(spec)));
        }

        return missing.Count > 0 ? string.Join("; ", missing) : null;
    }

    /// <summary>What the look comes to; null while it goes on.</summary>
    private static StepReport? Judge(RouteLook look, RouteSurvey survey, string? untaken, int proofs, bool isLast) => survey switch
    {
        _ when proofs == Proofs => StepReport.Done("Ready", $"{survey.Pods} gateway pods obey the routes"),
        _ when untaken is not null => isLast ? StepReport.Waiting(untaken) : null,
        { IsForbidden: true } => Unproven(survey),
        _ when !isLast => null,
        { Missing: { } missing } => StepReport.Waiting($"the gateway to learn its routes: {missing}"),
        { Unasked: not null } when !look.Insists => Unproven(survey),
        _ => StepReport.Waiting($"proof that the gateway has learned its routes: {survey.Unasked ?? "once more"}"),
    };

    private static StepReport Unproven(RouteSurvey survey) =>
        StepReport.Done("Unproven", $"the routes stand, and whether the gateway obeys them could not be asked: {survey.Unasked}");
}

public static class AwaitRoutesCall
{
    extension(TaskOrchestrationContext context)
    {
        /// <inheritdoc cref="AwaitRoutes"/>
        public Task<StepReport> AwaitRoutesAsync(TenantRun run, TimeSpan limit, bool insists) =>
            context.CallActivityAsync<StepReport>(nameof(AwaitRoutes), new RouteLook(run, limit, insists), ClusterCalls.Retried);
    }
}
