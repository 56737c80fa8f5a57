using Microsoft.DurableTask;
using Orchestrator.Activities.Canaries;
using Orchestrator.Domain.Canaries;
using Orchestrator.Domain.Traffic;

namespace Orchestrator.Functions.Canaries;

/// <summary>
/// Knows which write of a run the gateway pods are to show that they obey, and which they have. Like an orchestrator, it follows from the history alone.
/// </summary>
internal sealed class RouteProof
{
    /// <summary>How long one look may take while some pod does not obey: samples wait for it.</summary>
    private static readonly TimeSpan LookLimit = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(15);

    private readonly TaskOrchestrationContext context;
    private readonly CanaryStart start;
    private readonly string token;
    private string? unprovable;
    private TrafficProof? inForce;
    private TrafficProof? asked;
    private bool isGone;
    private bool isEstablished;
    private bool wasProven;
    private int marks;
    private DateTime since;
    private TimeSpan pause;

    public RouteProof(TaskOrchestrationContext context, CanaryStart start, CanaryBaseline baseline)
    {
        (this.context, this.start, unprovable) = (context, start, baseline.Unprovable);
        State = unprovable is null ? null : new(PropagationState.Unproven, unprovable);
        token = $"{context.NewGuid():N}";
    }

    /// <summary>How far the last write has come; null before the first.</summary>
    public Propagation? State { get; private set; }

    /// <summary>Whether there is something to ask.</summary>
    public bool IsPending => State?.State == PropagationState.Pending;

    /// <summary>Whether every gateway pod obeys the last write.</summary>
    public bool IsProven => State?.State == PropagationState.Proven;

    /// <summary>Whether the routes bear what the gateway pods are asked for; after the promotion they do no more.</summary>
    public bool IsMarked => inForce is not null;

    /// <summary>When it is to be asked again, while it is pending.</summary>
    public DateTime AskAt { get; private set; }

    /// <summary>What is written into the routes with the next write; null where nobody can be asked.</summary>
    public TrafficProof? Next() => unprovable is null ? new(token, marks + 1) : null;

    /// <summary>Routes were written, with this in them or, for null, without: that it is gone is only known of pods that were seen to have known it.</summary>
    public void Wrote(TrafficProof? proof) => Await(proof ?? (wasProven ? inForce : null), proof);

    /// <summary>The routes are as before the run: so they are to a pod, too, that never knew any of its routes.</summary>
    public void TookBack() => Await(isEstablished ? inForce : null, written: null);

    /// <summary>Asks the gateway pods; the answer is to be learned.</summary>
    public Task<PropagationSight> AskAsync() =>
        context.AwaitPropagationAsync(new(start.Cluster, start.Spec.Tenant, start.Spec.Service, start.Entrance!, asked!, isGone, LookLimit));

    /// <summary>Takes the answer.</summary>
    public void Learn(PropagationSight sight)
    {
        var now = context.CurrentUtcDateTime;
        State = Propagation.Of(sight, isEstablished, now - since);
        (isEstablished, wasProven) = (isEstablished || sight.IsKnown, wasProven || IsProven);
        unprovable = State.State == PropagationState.Unproven && !isEstablished ? State.What : unprovable;
        (AskAt, pause) = (now + pause, pause * 2 < LongestPause ? pause * 2 : LongestPause);
    }

    private void Await(TrafficProof? wanted, TrafficProof? written)
    {
        (isGone, asked) = (written is null, wanted);
        (inForce, marks) = (written, written?.Mark ?? marks);
        (since, AskAt, pause) = (context.CurrentUtcDateTime, context.CurrentUtcDateTime, FirstPause);
        State = asked is null
            ? new(PropagationState.Unproven, unprovable ?? "no gateway pod was asked before that could show a change now")
            : new(PropagationState.Pending, "the gateway to be asked for its routes");
    }
}
