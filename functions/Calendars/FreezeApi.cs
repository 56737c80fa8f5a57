using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Orchestrator.Domain.Calendars;
using Orchestrator.Functions.Http;
using Orchestrator.Functions.Identity;

namespace Orchestrator.Functions.Calendars;

/// <summary>The freezes of everything over HTTP.</summary>
public sealed class FreezeApi(TimeProvider time, Access access)
{
    private DateTime Now => time.GetUtcNow().UtcDateTime;

    [Function("ListFreezes")]
    public async Task<IResult> ListAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "freezes")] HttpRequest request, [DurableClient] DurableTaskClient client) =>
        await access.RefuseAsync(request, Permission.ReadCalendar)
        ?? Answers.Ok((await client.FreezesAsync(request.HttpContext.RequestAborted)).Where(freeze => freeze.IsAhead(Now)).Select(FreezeView.Of));

    [Function("PutFreeze")]
    public async Task<IResult> PutAsync(
        [HttpTrigger(AuthorizationLevel.Function, "put", Route = "freezes/{name}")] HttpRequest request,
        [DurableClient] DurableTaskClient client,
        string name)
    {
        if (await access.RefuseAsync(request, Permission.ChangeCalendar) is { } refusal)
        {
            return refusal;
        }

        var parsed = await JsonBody.ReadAsync(
            request, body => FreezeRequest.Read(body, name, Access.CallerOf(request).Identity, Now), request.HttpContext.RequestAborted);
        return parsed.IsValid ? await ChangeAsync(client, parsed.Value, request.HttpContext.RequestAborted) : Problems.Invalid(parsed.Problems);
    }

    [Function("LiftFreeze")]
    public async Task<IResult> LiftAsync(
        [HttpTrigger(AuthorizationLevel.Function, "delete", Route = "freezes/{name}")] HttpRequest request,
        [DurableClient] DurableTaskClient client,
        string name)
    {
        if (await access.RefuseAsync(request, Permission.ChangeCalendar) is { } refusal)
        {
            return refusal;
        }

        var aborted = request.HttpContext.RequestAborted;
        var parsed = await JsonBody.ReadAsync(request, body => FreezeRequest.ReadLift(body, name, Access.CallerOf(request).Identity, Now), aborted);
        if (!parsed.IsValid)
        {
            return Problems.Invalid(parsed.Problems);
        }

        return (await client.FreezesAsync(aborted)).FirstOrDefault(freeze => freeze.Name == name && freeze.IsAhead(Now)) is { } known
            ? await ChangeAsync(client, parsed.Value with { Name = known.Name }, aborted)
            : Problems.NotFound($"There is no freeze '{name}', or it is over: see GET /api/freezes.");
    }

    private async Task<IResult> ChangeAsync(DurableTaskClient client, FreezeChange change, CancellationToken cancellationToken) =>
        await client.TryKeepAsync(nameof(FreezeOrchestrator), change.InstanceId, change, Now, cancellationToken)
            ? Answers.Ok(FreezeView.Of(change))
            : Problems.Conflict($"Freeze '{change.Name}' is being changed at this moment: try again.");

    /// <summary>A freeze as the API shows it.</summary>
    private sealed record FreezeView(string Name, DateTime? From, DateTime? To, string? Reason, string By, DateTime At, bool Lifted)
    {
        public static FreezeView Of(FreezeChange change) => new(
            change.Name, change.Freeze?.From, change.Freeze?.To, change.Freeze?.Reason ?? change.Reason, change.By, change.At, change.Freeze is null);
    }
}
