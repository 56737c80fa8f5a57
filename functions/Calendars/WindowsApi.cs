using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Orchestrator.Domain.Calendars;
using Orchestrator.Domain.Requests;
using Orchestrator.Functions.Http;
using Orchestrator.Functions.Identity;

namespace Orchestrator.Functions.Calendars;

/// <summary>The windows of everything over HTTP.</summary>
public sealed class WindowsApi(TimeProvider time, Access access)
{
    [Function("GetWindows")]
    public async Task<IResult> GetAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "windows")] HttpRequest request, [DurableClient] DurableTaskClient client) =>
        await access.RefuseAsync(request, Permission.ReadCalendar)
        ?? Answers.Ok(WindowsView.Of(await client.WindowsAsync(request.HttpContext.RequestAborted)));

    [Function("PutWindows")]
    public Task<IResult> PutAsync(
        [HttpTrigger(AuthorizationLevel.Function, "put", Route = "windows")] HttpRequest request, [DurableClient] DurableTaskClient client) =>
        ChangeAsync(request, client, WindowsChange.Read);

    [Function("LiftWindows")]
    public Task<IResult> LiftAsync(
        [HttpTrigger(AuthorizationLevel.Function, "delete", Route = "windows")] HttpRequest request, [DurableClient] DurableTaskClient client) =>
        ChangeAsync(request, client, WindowsChange.ReadLift);

    private async Task<IResult> ChangeAsync(
        HttpRequest request, DurableTaskClient client, Func<JsonElement, string?, DateTime, Parsed<WindowsChange>> read)
    {
        if (await access.RefuseAsync(request, Permission.ChangeCalendar) is { } refusal)
        {
            return refusal;
        }

        var (now, aborted) = (time.GetUtcNow().UtcDateTime, request.HttpContext.RequestAborted);
        var parsed = await JsonBody.ReadAsync(request, body => read(body, Access.CallerOf(request).Identity, now), aborted);
        if (!parsed.IsValid)
        {
            return Problems.Invalid(parsed.Problems);
        }

        return await client.TryKeepAsync(nameof(WindowsOrchestrator), WindowsChange.InstanceId, parsed.Value, now, aborted)
            ? Answers.Ok(WindowsView.Of(parsed.Value))
            : Problems.Conflict("The windows of everything are being changed at this moment: try again.");
    }

    /// <summary>The windows of everything as the API shows them; none: at any time.</summary>
    private sealed record WindowsView(IReadOnlyList<ChangeWindow> Windows, string? By, DateTime? At, string? Reason)
    {
        public static WindowsView Of(WindowsChange? change) => new(change?.Windows ?? [], change?.By, change?.At, change?.Reason);
    }
}
