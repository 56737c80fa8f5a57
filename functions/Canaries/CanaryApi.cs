using DurableTask.Core.Exceptions;
using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Orchestrator.Domain.Canaries;
using Orchestrator.Domain.Tenants;
using Orchestrator.Functions.Http;
using Orchestrator.Functions.Tenants;

namespace Orchestrator.Functions.Canaries;

/// <summary>The canaries over HTTP.</summary>
public sealed class CanaryApi(TimeProvider time)
{
    /// <summary>How long a submission waits for the supervisor's word; without it, the answer is that it was received.</summary>
    private static readonly TimeSpan DecisionLimit = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan DecisionPause = TimeSpan.FromMilliseconds(20);

    [Function("StartCanary")]
    public async Task<IResult> StartAsync(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "tenants/{tenant}/canaries")] HttpRequest request,
        [DurableClient] DurableTaskClient client,
        string tenant)
    {
        var cancellationToken = request.HttpContext.RequestAborted;
        var parsed = await JsonBody.ReadAsync(request, body => CanaryRequest.Read(body, tenant), cancellationToken);
        if (!parsed.IsValid)
        {
            return Problems.Invalid(parsed.Problems);
        }

        if (await FindTenantAsync(client, tenant, cancellationToken) is not { InForce: { } home } known)
        {
            return Problems.NotFound($"There is no tenant '{tenant}': onboard it first.");
        }

        if (known.IsRunning)
        {
            return Problems.Conflict($"Tenant '{tenant}' is {known.Status.Phase}: start the canary when it is Ready.");
        }

        var start = new CanaryStart(Guid.NewGuid().ToString("N"), home.Cluster, parsed.Value, time.GetUtcNow().UtcDateTime);
        return await SubmitAsync(client, start, cancellationToken) == Arrival.Refused
            ? Problems.Conflict($"A canary of '{start.Spec.Service}' is on its way, and a newer version is rejected meanwhile: wait for its end, or abort it.")
            : Answers.Accepted(
                request, Location(tenant, start.Spec.Service), await client.CanaryAsync(tenant, start.Spec.Service, cancellationToken));
    }

    [Function("ListCanaries")]
    public async Task<IResult> ListAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "tenants/{tenant}/canaries")] HttpRequest request,
        [DurableClient] DurableTaskClient client,
        string tenant) =>
        Answers.Ok(await client.CanariesAsync(tenant, request.HttpContext.RequestAborted));

    [Function("ListRunningCanaries")]
    public async Task<IResult> ListRunningAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "canaries")] HttpRequest request,
        [DurableClient] DurableTaskClient client) =>
        Answers.Ok(await client.RunningCanariesAsync(request.HttpContext.RequestAborted));

    [Function("GetCanary")]
    public async Task<IResult> GetAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "tenants/{tenant}/canaries/{service}")] HttpRequest request,
        [DurableClient] DurableTaskClient client,
        string tenant,
        string service) =>
        await client.CanaryAsync(tenant, service, request.HttpContext.RequestAborted) is { } view ? Answers.Ok(view) : Unknown(tenant, service);

    [Function("GetCanaryHistory")]
    public async Task<IResult> HistoryAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "tenants/{tenant}/canaries/{service}/history")] HttpRequest request,
        [DurableClient] DurableTaskClient client,
        string tenant,
        string service) =>
        CanaryNames.AreNames(tenant, service) ? Answers.Ok(await client.HistoryAsync(tenant, service, request.HttpContext.RequestAborted)) : Unknown(tenant, service);

    [Function("DecideOnCanary")]
    public async Task<IResult> DecideAsync(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "tenants/{tenant}/canaries/{service}/{verb}")] HttpRequest request,
        [DurableClient] DurableTaskClient client,
        string tenant,
        string service,
        string verb,
        bool? full)
    {
        var cancellationToken = request.HttpContext.RequestAborted;
        if (!DecisionRequest.Verbs.Contains(verb))
        {
            return Problems.NotFound($"'{verb}' cannot be said to a canary; known are: {string.Join(", ", DecisionRequest.Verbs)}.");
        }

        var parsed = await JsonBody.ReadAsync(
            request, body => DecisionRequest.Read(body, verb, full ?? false, time.GetUtcNow().UtcDateTime), cancellationToken);
        if (!parsed.IsValid)
        {
            return Problems.Invalid(parsed.Problems);
        }

        if (await client.CanaryAsync(tenant, service, cancellationToken) is not { } view)
        {
            return Unknown(tenant, service);
        }

        if (CanaryControl.WhyNot(view, parsed.Value) is { } reason)
        {
            return Problems.Conflict(reason);
        }

        try
        {
            await client.RaiseEventAsync(view.InstanceId, CanaryDecision.EventName, CanaryControl.BoundTo(view, parsed.Value), cancellationToken);
            return Answers.Accepted(request, Location(tenant, service), view);
        }
        catch (RpcException e) when (e.StatusCode is StatusCode.FailedPrecondition or StatusCode.NotFound)
        {
            return Problems.Conflict($"The canary of {view.Candidate} has ended meanwhile.");
        }
    }

    /// <summary>Brings a submission to the service's supervisor and waits for its word; null when that takes too long.</summary>
    private async Task<Arrival?> SubmitAsync(DurableTaskClient client, CanaryStart start, CancellationToken cancellationToken)
    {
        var (tenant, service) = (start.Spec.Tenant, start.Spec.Service);
        var supervisor = CanaryNames.Supervisor(tenant, service);
        if (await client.SupervisorAsync(tenant, service, cancellationToken) is { Current: var current }
            && CanaryQueue.Policy(current.OnNewVersion, start.Spec.OnNewVersion) == NewVersionPolicy.Reject
            && await client.CanaryAsync(tenant, service, cancellationToken) is { } running && !CanaryControl.IsOver(running.Phase)
            && running.Candidate != start.Spec.Candidate.Version)
        {
            return Arrival.Refused;
        }

        try
        {
            await client.RaiseEventAsync(supervisor, CanarySupervisorOrchestrator.SubmitEvent, start, cancellationToken);
        }
        catch (RpcException e) when (e.StatusCode is StatusCode.FailedPrecondition or StatusCode.NotFound)
        {
            await BeginAsync(client, supervisor, start, cancellationToken);
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

    private static async Task BeginAsync(DurableTaskClient client, string supervisor, CanaryStart start, CancellationToken cancellationToken)
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

    private static async Task<TenantRecord?> FindTenantAsync(DurableTaskClient client, string tenant, CancellationToken cancellationToken) =>
        TenantRequest.CheckName(tenant) is null
        && await client.GetInstanceAsync(TenantNames.Instance(tenant), getInputsAndOutputs: true, cancellationToken) is { } instance
            ? TenantRecord.From(instance)
            : null;

    private static string Location(string tenant, string service) => $"/api/tenants/{tenant}/canaries/{service}";

    private static IResult Unknown(string tenant, string service) => Problems.NotFound($"There was no canary of '{service}' in tenant '{tenant}' yet.");
}
