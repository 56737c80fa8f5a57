using DurableTask.Core.Exceptions;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Orchestrator.Cluster.Istio.Readiness;
using Orchestrator.Domain;
using Orchestrator.Domain.Calendars;
using Orchestrator.Domain.Canaries;
using Orchestrator.Functions.Calendars;
using Orchestrator.Functions.Commands;
using Orchestrator.Functions.Tenants;

namespace Orchestrator.Functions.Canaries;

/// <summary>What can be told to the canaries of a service.</summary>
public sealed class CanaryCommands(TimeProvider time, WebhookHosts hosts)
{
    /// <summary>How long a submission waits for the supervisor's word; without it, the answer is that it was received.</summary>
    private static readonly TimeSpan DecisionLimit = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan DecisionPause = TimeSpan.FromMilliseconds(20);

    /// <summary>What this configuration has against a canary.</summary>
    internal IReadOnlyList<Problem> Check(CanarySpec spec) => hosts.Check(spec);

    /// <summary>Submits a canary to the supervisor of its service.</summary>
    /// <param name="client">The instances.</param>
    /// <param name="spec">What is asked for.</param>
    /// <param name="command">The queue's command, told to the run; null for a call. Submitted again, it has no second effect.</param>
    /// <param name="cancellationToken">Ends the wait, not the run.</param>
    internal Task<CommandOutcome> StartAsync(DurableTaskClient client, CanarySpec spec, string? command, CancellationToken cancellationToken) =>
        BeginAsync(client, spec, command, retry: null, cancellationToken);

    private async Task<CommandOutcome> BeginAsync(
        DurableTaskClient client, CanarySpec spec, string? command, CanaryDecision? retry, CancellationToken cancellationToken)
    {
        if (Check(spec) is { Count: > 0 } problems)
        {
            return new CommandOutcome.Invalid(problems);
        }

        var (tenant, service) = (spec.Tenant, spec.Service);
        if (await client.TenantAsync(tenant, cancellationToken) is not { InForce: { } home } known)
        {
            return new CommandOutcome.NotFound($"There is no tenant '{tenant}': onboard it first.");
        }

        if (known.IsRunning)
        {
            return new CommandOutcome.Conflict($"Tenant '{tenant}' is {known.Status.Phase}: start the canary when it is Ready.");
        }

        if (home.Cordoned)
        {
            return new CommandOutcome.Conflict($"Tenant '{tenant}' is cordoned, and nothing new starts in it: put it with cordoned: false, then start the canary.");
        }

        var now = time.GetUtcNow().UtcDateTime;
        if (CanaryWindows.Check(spec, await client.CalendarAsync(new(tenant, service, spec.Windows), now, cancellationToken), now) is { Count: > 0 } closed)
        {
            return new CommandOutcome.Invalid(closed);
        }

        var start = new CanaryStart(command ?? Guid.NewGuid().ToString("N"), home.Cluster, spec, now, command, retry, HeedsCalendar: true)
        {
            DataPlane = home.Mesh.DataPlane,
            Entrance = ProofSurvey.EntranceOf(home, spec.Service),
            Announces = true,
        };
        var arrival = await SubmitAsync(client, start, cancellationToken);
        if (arrival is Arrival.Refused)
        {
            return new CommandOutcome.Conflict(
                $"A canary of '{service}' is on its way, and a newer version is rejected meanwhile: wait for its end, or abort it.");
        }

        var view = await client.CanaryAsync(tenant, service, cancellationToken)
            ?? throw new InvalidOperationException($"The supervisor of {tenant}/{service} was purged while a canary was submitted to it: submit it again.");
        return new CommandOutcome.Accepted(Location(tenant, service), view, IsBegun: arrival is not Arrival.Known);
    }

    /// <summary>What a decision comes to, and, where it applies, what is to be sent for it: it binds the decision to what was seen of the run.</summary>
    /// <param name="client">The instances.</param>
    /// <param name="tenant">The tenant.</param>
    /// <param name="service">The service.</param>
    /// <param name="decision">What is decided.</param>
    /// <param name="command">The queue's command; null for a call.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    internal async Task<(CommandOutcome Outcome, CanaryMessage? Message)> DecideAsync(
        DurableTaskClient client, string tenant, string service, CanaryDecision decision, string? command, CancellationToken cancellationToken)
    {
        if (await client.CanaryAsync(tenant, service, cancellationToken) is not { } view)
        {
            return (new CommandOutcome.NotFound($"There was no canary of '{service}' in tenant '{tenant}' yet."), null);
        }

        if (CanaryControl.WhyNot(view, decision) is { } reason)
        {
            return (new CommandOutcome.Conflict(reason), null);
        }

        if (decision is { Verb: Verb.Promote or Verb.PromoteFully, Force: false } && await ClosedAsync(client, view, decision.Verb, cancellationToken) is { } closed)
        {
            return (new CommandOutcome.Conflict($"It would wait for {closed.What}. Promote with force: true and a reason if it must be now."), null);
        }

        return decision.Verb is Verb.Retry
            ? (await RetryAsync(client, view, decision, command, cancellationToken), null)
            : (new CommandOutcome.Accepted(Location(tenant, service), view, IsBegun: false), new(view.InstanceId, CanaryControl.BoundTo(view, decision)));
    }

    private async Task<ClosedCalendar?> ClosedAsync(DurableTaskClient client, CanaryView view, Verb verb, CancellationToken cancellationToken)
    {
        var run = await client.GetInstanceAsync(view.InstanceId, getInputsAndOutputs: true, cancellationToken);
        if (Whole.Read<CanaryStart>(run?.SerializedInput) is not { HeedsCalendar: true, Spec: var spec })
        {
            return null;
        }

        var next = CanaryPlan.StayFrom(spec, view.Step?.Index ?? 0);
        var question = new CalendarQuestion(spec.Tenant, spec.Service, spec.Windows, verb is Verb.Promote && next.Weight > view.Weights.Canary ? next : null);
        return await client.ClosedAsync(question, time.GetUtcNow().UtcDateTime, cancellationToken);
    }

    private async Task<CommandOutcome> RetryAsync(
        DurableTaskClient client, CanaryView view, CanaryDecision decision, string? command, CancellationToken cancellationToken)
    {
        var run = await client.GetInstanceAsync(view.InstanceId, getInputsAndOutputs: true, cancellationToken);
        if (Whole.Read<CanaryStart>(run?.SerializedInput) is not { } last)
        {
            return new CommandOutcome.Conflict($"The record of {view.InstanceId} was purged: start the canary anew.");
        }

        return decision.FromStep > last.Spec.Steps.Count
            ? new CommandOutcome.Invalid([new("/fromStep", "range", $"The canary has {last.Spec.Steps.Count} steps: expected 1 to {last.Spec.Steps.Count}.")])
            : await BeginAsync(client, last.Spec, command, decision, cancellationToken);
    }

    /// <summary>Brings a submission to the service's supervisor and waits for its word; null when that takes too long.</summary>
    private async Task<Arrival?> SubmitAsync(DurableTaskClient client, CanaryStart start, CancellationToken cancellationToken)
    {
        var (tenant, service) = (start.Spec.Tenant, start.Spec.Service);
        var supervisor = CanaryNames.Supervisor(tenant, service);
        if (await client.SupervisorAsync(tenant, service, cancellationToken) is { Current: var current }
            && current.Submission != start.Submission
            && CanaryQueue.Policy(current.OnNewVersion, start.Spec.OnNewVersion) == NewVersionPolicy.Reject
            && await client.CanaryAsync(tenant, service, cancellationToken) is { } running && !CanaryControl.IsOver(running.Phase)
            && running.Candidate != start.Spec.Candidate.Version)
        {
            return Arrival.Refused;
        }

        if (!await client.TryRaiseEventAsync(supervisor, CanarySupervisorOrchestrator.SubmitEvent, start, cancellationToken))
        {
            await BeginSupervisorAsync(client, supervisor, start, cancellationToken);
        }

        for (var began = time.GetTimestamp(); time.GetElapsedTime(began) < DecisionLimit; await Task.Delay(DecisionPause, time, cancellationToken))
        {
            if (await client.SupervisorAsync(tenant, service, cancellationToken) is { Received: var received } && received.Submission == start.Submission)
            {
                return received.Arrival;
            }
        }

        return null;
    }

    private static async Task BeginSupervisorAsync(DurableTaskClient client, string supervisor, CanaryStart start, CancellationToken cancellationToken)
    {
        var runs = await client.CountRunsAsync(start.Spec.Tenant, start.Spec.Service, cancellationToken);
        try
        {
            await client.ScheduleNewOrchestrationInstanceAsync(
                nameof(CanarySupervisorOrchestrator),
                new SupervisorState(runs, start),
                new StartOrchestrationOptions { InstanceId = supervisor },
                cancellationToken);
        }
        catch (OrchestrationAlreadyExistsException)
        {
            // Somebody else's submission began it in between: ours is the next it hears of.
            await client.RaiseEventAsync(supervisor, CanarySupervisorOrchestrator.SubmitEvent, start, cancellationToken);
        }
    }

    private static string Location(string tenant, string service) => $"/api/tenants/{tenant}/canaries/{service}";
}

/// <summary>A decision on its way to a run.</summary>
/// <param name="InstanceId">The run.</param>
/// <param name="Decision">What is decided.</param>
public sealed record CanaryMessage(string InstanceId, CanaryDecision Decision);
