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

    public RouteProof(TaskOrchestrationContext context, CanaryStart start, CanaryBaseline baseline, ProofState? before)
    {
        (this.context, this.start) = (context, start);
        State = before ?? new($"{context.NewGuid():N}", baseline.Unprovable)
        {
            Reached = baseline.Unprovable is { } why ? new(PropagationState.Unproven, why) : null,
        };
    }

    /// <summary>What it knows.</summary>
    public ProofState State { get; private set; }

    /// <inheritdoc cref="ProofState.Reached"/>
    public Propagation? Reached => State.Reached;

    /// <summary>Whether there is something to ask.</summary>
    public bool IsPending => Reached?.State == PropagationState.Pending;

    /// <summary>Whether every gateway pod obeys the last write.</summary>
    public bool IsProven => Reached?.State == PropagationState.Proven;

    /// <summary>Whether the routes bear what the gateway pods are asked for; after the promotion they do no more.</summary>
    public bool IsMarked => State.InForce is not null;

    /// <summary>When it is to be asked again, while it is pending.</summary>
    public DateTime AskAt => State.AskAt;

    /// <summary>What is written into the routes with the next write; null where nobody can be asked.</summary>
    public TrafficProof? Next() => State.Unprovable is null ? new(State.Token, State.Marks + 1) : null;

    /// <summary>Routes were written, with this in them or, for null, without: that it is gone is only known of pods that were seen to have known it.</summary>
    public void Wrote(TrafficProof? proof) => Await(proof ?? (State.WasProven ? State.InForce : null), proof);

    /// <summary>The routes are as before the run: so they are to a pod, too, that never knew any of its routes.</summary>
    public void TookBack() => Await(State.IsEstablished ? State.InForce : null, written: null);

    /// <summary>Asks the gateway pods; the answer is to be learned.</summary>
    public Task<PropagationSight> AskAsync() =>
        context.AwaitPropagationAsync(new(start.Cluster, start.Spec.Tenant, start.Spec.Service, start.Entrance!, State.Asked!, !IsMarked, LookLimit));

    /// <summary>Takes the answer.</summary>
    public void Learn(PropagationSight sight)
    {
        var now = context.CurrentUtcDateTime;
        State = State with { Reached = Propagation.Of(sight, State.IsEstablished, now - State.Since) };
        State = State with
        {
            IsEstablished = State.IsEstablished || sight.IsKnown,
            WasProven = State.WasProven || IsProven,
            AskAt = now + State.Pause,
            Pause = State.Pause * 2 < LongestPause ? State.Pause * 2 : LongestPause,
        };
        if (Reached is { State: PropagationState.Unproven } && !State.IsEstablished)
        {
            State = State with { Unprovable = Reached.What };
        }
    }

    private void Await(TrafficProof? wanted, TrafficProof? written)
    {
        var now = context.CurrentUtcDateTime;
        State = State with
        {
            Asked = wanted,
            InForce = written,
            Marks = written?.Mark ?? State.Marks,
            Since = now,
            AskAt = now,
            Pause = FirstPause,
            Reached = wanted is null
                ? new(PropagationState.Unproven, State.Unprovable ?? "no gateway pod was asked before that could show a change now")
                : new(PropagationState.Pending, "the gateway to be asked for its routes"),
        };
    }
}
