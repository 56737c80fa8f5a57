using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Orchestrator.Cluster;
using Orchestrator.Cluster.Istio.Readiness;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Domain.Canaries;
using Orchestrator.Domain.Tenants;
using Orchestrator.Domain.Traffic;

namespace Orchestrator.Activities.Canaries;

/// <summary>A look at whether the gateway pods obey what a run wrote.</summary>
/// <param name="Cluster">The cluster.</param>
/// <param name="Namespace">The tenant's namespace.</param>
/// <param name="Service">The service.</param>
/// <param name="Entrance">Where the gateway pods are asked.</param>
/// <param name="Proof">What was written.</param>
/// <param name="IsGone">Whether it was taken away again.</param>
/// <param name="Limit">How long the look may take while some pod does not obey.</param>
public sealed record PropagationLook(string Cluster, string Namespace, string Service, Entrance Entrance, TrafficProof Proof, bool IsGone, TimeSpan Limit);

/// <summary>Waits, within a limit, until every ready gateway pod obeys what a run wrote last, several times in a row.</summary>
public sealed class AwaitPropagation(IClusterDirectory clusters, TimeProvider time)
{
    /// <summary>How many times in a row: a proxy's threads take a rule over one by one.</summary>
    private const int Proofs = 3;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    [Function(nameof(AwaitPropagation))]
    public async Task<PropagationSight> RunAsync([ActivityTrigger] PropagationLook look, FunctionContext context)
    {
        try
        {
            return await LookAsync(clusters.Get(look.Cluster).Resources, look, context.CancellationToken);
        }
        catch (Exception e) when (e is ResourceException or HttpRequestException or TimeoutException)
        {
            // That there is no answer is one: a run goes on by its settling time.
            return new(false, false, null, e.Message, e is ResourceException { IsPermanent: true });
        }
    }

    private async Task<PropagationSight> LookAsync(IResources resources, PropagationLook look, CancellationToken cancellationToken)
    {
        var (entrance, whyNot) = await LiveProof.FindAsync(
            resources, look.Namespace, look.Service, look.Entrance, look.IsGone ? null : look.Proof, cancellationToken);
        if (whyNot is not null)
        {
            return new(false, false, null, whyNot, IsHopeless: true);
        }

        var (pods, started) = (await ProofSurvey.PodsAsync(resources, look.Namespace, entrance, cancellationToken), time.GetTimestamp());
        var (proofs, isKnown) = (0, false);
        while (true)
        {
            var sight = await ProofSurvey.TakeAsync(resources, pods, entrance, look.Proof, look.IsGone, cancellationToken);
            isKnown |= sight.IsKnown;
            proofs = sight.IsProof ? proofs + 1 : 0;
            // What has begun well is carried through: a slow product would never get so far within a limit.
            if (proofs == Proofs || sight.IsHopeless || (proofs == 0 && time.GetElapsedTime(started) >= look.Limit))
            {
                return sight with { IsProof = proofs == Proofs, IsKnown = isKnown };
            }

            await Task.Delay(Pause, time, cancellationToken);
        }
    }
}

public static class AwaitPropagationCall
{
    extension(TaskOrchestrationContext context)
    {
        /// <inheritdoc cref="AwaitPropagation"/>
        public Task<PropagationSight> AwaitPropagationAsync(PropagationLook look) =>
            context.CallActivityAsync<PropagationSight>(nameof(AwaitPropagation), look, CanaryCalls.Retried);
    }
}
