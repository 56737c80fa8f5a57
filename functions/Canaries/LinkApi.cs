using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Orchestrator.Domain.Canaries;
using Orchestrator.Functions.Http;
using Orchestrator.Functions.Identity;

namespace Orchestrator.Functions.Canaries;

/// <summary>
/// Links that decide, for messages to people. Opening one shows what it would decide and decides nothing, because programs open the links of a
/// message as well to show what is behind them.
/// </summary>
public sealed class LinkApi(DecisionLinks links, TimeProvider time, Access access, AuditTrail audit)
{
    private const string Route = "links/{token}";

    private DateTime Now => time.GetUtcNow().UtcDateTime;

    [Function("LinkDecision")]
    public async Task<IResult> CreateAsync(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "tenants/{tenant}/canaries/{service}/links")] HttpRequest request,
        [DurableClient] DurableTaskClient client,
        string tenant,
        string service)
    {
        if (await access.RefuseAsync(request, Permission.DecideOnCanary, tenant) is { } refusal)
        {
            return refusal;
        }

        var aborted = request.HttpContext.RequestAborted;
        var parsed = await JsonBody.ReadAsync(request, body => LinkRequest.Read(body, Now, Access.CallerOf(request).Identity), aborted);
        if (!parsed.IsValid)
        {
            return Problems.Invalid(parsed.Problems);
        }

        if (!links.HaveKey)
        {
            return Problems.Conflict("Links are signed, and there is no key to sign with: set Orchestrator__Links__Key, e.g. to the output of 'openssl rand -hex 32'.");
        }

        if (await client.CanaryAsync(tenant, service, aborted) is not { } view)
        {
            return Problems.NotFound($"There was no canary of '{service}' in tenant '{tenant}' yet.");
        }

        if (CanaryControl.WhyNot(view, parsed.Value.Decision) is { } reason)
        {
            return Problems.Conflict(reason);
        }

        var link = DecisionLink.To(view, parsed.Value, Guid.NewGuid().ToString("N"));
        var url = UriHelper.BuildAbsolute(request.Scheme, request.Host, request.PathBase, $"/api/links/{links.Sign(link)}");
        return TypedResults.Json(
            new LinkView(url, parsed.Value.Decision.Verb, tenant, service, link.Decision.Revision!, link.Decision.Step!.Value, link.Decision.By, link.Expires),
            Http.Answers.Json,
            statusCode: StatusCodes.Status201Created);
    }

    [Function("ShowLink")]
    public async Task<IResult> ShowAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = Route)] HttpRequest request, [DurableClient] DurableTaskClient client, string token)
    {
        var (link, view, obstacle) = await FindAsync(request, client, token);
        return obstacle ?? LinkPage.Ask(request, link!, view!);
    }

    [Function("UseLink")]
    public async Task<IResult> UseAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = Route)] HttpRequest request, [DurableClient] DurableTaskClient client, string token)
    {
        var (link, _, obstacle) = await FindAsync(request, client, token);
        audit.Note(request.HttpContext, link is null ? null : $"{link.Decision.By}, by a link", Permission.DecideOnCanary.Role, obstacle is null ? null : "the link decides nothing now");
        if (obstacle is not null)
        {
            return obstacle;
        }

        return await client.TryRaiseEventAsync(link!.Run, CanaryDecision.EventName, link.Decision with { At = Now }, request.HttpContext.RequestAborted)
            ? LinkPage.Tell(
                request,
                StatusCodes.Status202Accepted,
                $"{LinkPage.VerbOf(link)}: accepted",
                $"The canary of {link.Decision.Revision} of {link.Service} in tenant {link.Tenant} is told. It counts if nobody has ended that step in the same moment: its decisions say what came of it.")
            : NotNow(request, "The canary has ended meanwhile.");
    }

    private async Task<(DecisionLink? Link, CanaryView? View, IResult? Obstacle)> FindAsync(HttpRequest request, DurableTaskClient client, string token)
    {
        if (await links.ReadAsync(token) is not { } link)
        {
            return (null, null, LinkPage.Tell(request, StatusCodes.Status404NotFound, "No such link", "It is not whole, or was made by another server: ask for a new one."));
        }

        if (link.Expires <= Now)
        {
            return (link, null, LinkPage.Tell(request, StatusCodes.Status410Gone, "The link has expired", $"It was good until {link.Expires:u}: ask for a new one."));
        }

        var view = await client.CanaryAsync(link.Tenant, link.Service, request.HttpContext.RequestAborted);
        var reason = view is null || view.InstanceId != link.Run ? "The canary that it was made for is over." : CanaryControl.WhyNot(view, link.Decision);
        return (link, view, reason is null ? null : NotNow(request, reason));
    }

    private static IResult NotNow(HttpRequest request, string reason) =>
        LinkPage.Tell(request, StatusCodes.Status409Conflict, "There is nothing to decide", reason);

    private sealed record LinkView(string Url, Verb Verb, string Tenant, string Service, string Revision, int Step, string By, DateTime Expires);
}
