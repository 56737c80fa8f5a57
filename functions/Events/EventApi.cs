using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Orchestrator.Domain.Requests;
using Orchestrator.Functions.Http;
using Orchestrator.Functions.Identity;
using Orchestrator.Functions.Sweeps;

namespace Orchestrator.Functions.Events;

/// <summary>The changes of meshes, tenants and canaries as they happen; see <c>docs/events.md</c>.</summary>
public sealed class EventApi(EventFeed feed, SweepOptions sweeps, TimeProvider time, Access access)
{
    /// <param name="request">The request; its header <c>Last-Event-ID</c> says from where on.</param>
    /// <param name="client">The instances.</param>
    /// <param name="tenant">The only tenant that is told of.</param>
    /// <param name="since">From where on, for a caller that has no <c>Last-Event-ID</c> yet: an id or a time.</param>
    /// <param name="follow">Whether the stream goes on when all that was is told; true by default.</param>
    /// <param name="cancellationToken">Cancelled when the host stops.</param>
    [Function("FollowEvents")]
    public async Task<IResult> FollowAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "events")] HttpRequest request,
        [DurableClient] DurableTaskClient client,
        string? tenant,
        string? since,
        bool? follow,
        CancellationToken cancellationToken)
    {
        if (await access.RefuseAsync(request, tenant is null ? Permission.FollowEvents : Permission.ReadTenant, tenant) is { } refusal)
        {
            return refusal;
        }

        EventPosition? from = null;
        var wanted = request.Headers["Last-Event-ID"].ToString() is { Length: > 0 } last ? last : since;
        if (wanted is not null && (from = EventPosition.Parse(wanted)) is null)
        {
            return Problems.Invalid([new("/since", "invalid", $"Expected {EventPosition.Forms}, in Last-Event-ID or 'since'.")]);
        }

        return time.GetUtcNow() - from?.At > sweeps.Retention
            ? Problems.Gone($"Runs that ended more than {Duration.Format(sweeps.Retention)} ago may be forgotten: read what there is, then follow from now on.")
            : new EventStream(feed, client, new(Access.CallerOf(request), tenant), from, follow ?? true, time, cancellationToken);
    }
}
