using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Orchestrator.Activities.Events;
using Orchestrator.Domain;
using Orchestrator.Domain.Canaries;
using Orchestrator.Functions.Commands;

namespace Orchestrator.Functions.Canaries;

/// <summary>
/// Runs the canaries of one service one after the other, for ever: its instance id is the mutex. A submission that comes while one runs is queued,
/// supersedes it, or is refused, as both specs say.
/// </summary>
public static class CanarySupervisorOrchestrator
{
    /// <summary>The event that brings a <see cref="CanaryStart"/>.</summary>
    public const string SubmitEvent = "submit";

    /// <summary>The event by which a run tells its id when its candidate is promoted and the old version is merely kept.</summary>
    public const string PromotedEvent = "promoted";

    [Function(nameof(CanarySupervisorOrchestrator))]
    public static async Task RunAsync([OrchestrationTrigger] TaskOrchestrationContext context, SupervisorState state)
    {
        using var over = new CancellationTokenSource();
        var submission = context.WaitForExternalEvent<CanaryStart>(SubmitEvent, over.Token);

        // 1. The next canary: one that waited, or the next to come.
        var start = state.Waiting;
        List<string> seen = [.. state.Seen ?? []];
        while (start is null)
        {
            var next = await submission;
            submission = context.WaitForExternalEvent<CanaryStart>(SubmitEvent, over.Token);
            start = seen.Contains(next.Submission) ? null : next;
        }

        seen.Add(start.Submission);

        // 2. It runs.
        var number = state.Runs + 1;
        var runId = CanaryNames.Run(context.InstanceId, number);
        var status = new SupervisorStatus(number, Submitted.From(start), null, new(start.Submission, Arrival.Runs));
        context.SetCustomStatus(status);
        var run = context.CallSubOrchestratorAsync<CanaryRecord>(
            nameof(CanaryOrchestrator), start, new SubOrchestrationOptions { InstanceId = runId });

        // 3. What comes meanwhile meets the policy.
        var promoted = context.WaitForExternalEvent<string>(PromotedEvent, over.Token);
        var isPromoted = false;
        CanaryStart? waiting = null;
        while (await Task.WhenAny(promoted, submission, run) is var first && first != run)
        {
            if (first == promoted)
            {
                // The word of an earlier run may come late.
                isPromoted |= await promoted == runId;
                promoted = context.WaitForExternalEvent<string>(PromotedEvent, over.Token);
                continue;
            }

            var newer = await submission;
            submission = context.WaitForExternalEvent<CanaryStart>(SubmitEvent, over.Token);
            if (seen.Contains(newer.Submission))
            {
                continue;
            }

            seen.Add(newer.Submission);
            var arrival = CanaryQueue.Receive(start.Spec, isPromoted, waiting?.Spec, newer.Spec);
            if (waiting is not null && arrival is Arrival.Waits or Arrival.Supersedes)
            {
                context.TellEnd(waiting.Command, CanaryPhase.Superseded, $"superseded by {newer.Spec.Candidate.Version} before it began");
            }

            waiting = arrival is Arrival.Waits or Arrival.Supersedes ? newer : waiting;
            status = status with { Waiting = waiting is null ? null : Submitted.From(waiting), Received = new(newer.Submission, arrival) };
            context.SetCustomStatus(status);
            if (waiting == newer)
            {
                context.SendEvent(runId, CanaryDecision.EventName, ForNewer(arrival, newer, context.CurrentUtcDateTime));
            }
        }

        try
        {
            var end = (await run).View;
            if (start.Announces && !start.AnnouncesItself(end.Phase))
            {
                context.Announce(Announcement.Of(start.Cluster, end));
            }
        }
        catch (TaskFailedException)
        {
            // A run that broke or was terminated shows so itself; the service must not be without canaries for it.
        }

        // 4. And so on. A wait that is left over would swallow the submission that comes next.
        over.Cancel();
        context.ContinueAsNew(new SupervisorState(number, waiting, [.. seen.TakeLast(SupervisorState.MostSeen)]));
    }

    private static CanaryDecision ForNewer(Arrival arrival, CanaryStart newer, DateTime now) => arrival == Arrival.Supersedes
        ? new(Verb.Supersede, "supervisor", $"superseded by {newer.Spec.Candidate.Version}", now)
        : new(Verb.Release, "supervisor", $"{newer.Spec.Candidate.Version} waits", now);
}
