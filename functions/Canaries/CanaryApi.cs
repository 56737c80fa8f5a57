using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Orchestrator.Domain.Canaries;
using Orchestrator.Functions.Http;
using Orchestrator.Functions.Identity;

namespace Orchestrator.Functions.Canaries;

/// <summary>The canaries over HTTP.</summary>
public sealed class CanaryApi(CanaryCommands commands, TimeProvider time, Access access)
{
    [Function("StartCanary")]
    public async Task<IResult> StartAsync(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "tenants/{tenant}/canaries")] HttpRequest request,
        [DurableClient] DurableTaskClient client,
        string tenant)
    {
        if (await access.RefuseAsync(request, Permission.StartCanary, tenant) is { } refusal)
        {
            return refusal;
        }

        var parsed = await JsonBody.ReadAsync(request, body => CanaryRequest.Read(body, tenant), request.HttpContext.RequestAborted);
        return parsed.IsValid
            ? Answers.Of(request, await commands.StartAsync(client, parsed.Value, command: null, request.HttpContext.RequestAborted))
            : Problems.Invalid(parsed.Problems);
    }

    [Function("ListCanaries")]
    public async Task<IResult> ListAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "tenants/{tenant}/canaries")] HttpRequest request,
        [DurableClient] DurableTaskClient client,
        string tenant) =>
        await access.RefuseAsync(request, Permission.ReadCanaries, tenant)
        ?? Answers.Ok(await client.CanariesAsync(tenant, request.HttpContext.RequestAborted));

    [Function("ListRunningCanaries")]
    public async Task<IResult> ListRunningAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "canaries")] HttpRequest request,
        [DurableClient] DurableTaskClient client) =>
        await access.RefuseAsync(request, Permission.ListCanaries)
        ?? Answers.Ok((await client.RunningCanariesAsync(tenant: null, request.HttpContext.RequestAborted))
            .Where(view => Permission.ReadCanaries.IsHeldBy(Access.CallerOf(request), view.Tenant)));

    [Function("GetCanary")]
    public async Task<IResult> GetAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "tenants/{tenant}/canaries/{service}")] HttpRequest request,
        [DurableClient] DurableTaskClient client,
        string tenant,
        string service) =>
        await access.RefuseAsync(request, Permission.ReadCanaries, tenant)
        ?? (await client.CanaryAsync(tenant, service, request.HttpContext.RequestAborted) is { } view ? Answers.Ok(view) : Unknown(tenant, service));

    [Function("GetCanaryHistory")]
    public async Task<IResult> HistoryAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "tenants/{tenant}/canaries/{service}/history")] HttpRequest request,
        [DurableClient] DurableTaskClient client,
        string tenant,
        string service) =>
        await access.RefuseAsync(request, Permission.ReadCanaries, tenant)
        ?? (CanaryNames.AreNames(tenant, service)
            ? Answers.Ok(await client.HistoryAsync(tenant, service, request.HttpContext.RequestAborted))
            : Unknown(tenant, service));

    [Function("DecideOnCanary")]
    public async Task<IResult> DecideAsync(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "tenants/{tenant}/canaries/{service}/{verb}")] HttpRequest request,
        [DurableClient] DurableTaskClient client,
        string tenant,
        string service,
        string verb,
        bool? full,
        int? fromStep,
        bool? force)
    {
        if (await access.RefuseAsync(request, Permission.DecideOnCanary, tenant) is { } refusal)
        {
            return refusal;
        }

        var cancellationToken = request.HttpContext.RequestAborted;
        if (!DecisionRequest.Verbs.Contains(verb))
        {
            return Problems.NotFound($"'{verb}' cannot be said to a canary; known are: {string.Join(", ", DecisionRequest.Verbs)}.");
        }

        var parsed = await JsonBody.ReadAsync(
            request,
            body => DecisionRequest.Read(body, verb, full ?? false, time.GetUtcNow().UtcDateTime, Access.CallerOf(request).Identity, fromStep, force ?? false),
            cancellationToken);
        if (!parsed.IsValid)
        {
            return Problems.Invalid(parsed.Problems);
        }

        var (outcome, message) = await commands.DecideAsync(client, tenant, service, parsed.Value, command: null, cancellationToken);
        return message is null || await client.TryRaiseEventAsync(message.InstanceId, CanaryDecision.EventName, message.Decision, cancellationToken)
            ? Answers.Of(request, outcome)
            : Problems.Conflict($"The canary of '{service}' has ended meanwhile.");
    }

    private static IResult Unknown(string tenant, string service) => Problems.NotFound($"There was no canary of '{service}' in tenant '{tenant}' yet.");
}
