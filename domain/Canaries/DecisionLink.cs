using System.Text.Json;
using Orchestrator.Domain.Requests;

namespace Orchestrator.Domain.Canaries;

/// <summary>A decision that is taken once whoever has the link says so, in the name of who made it.</summary>
/// <param name="Tenant">The tenant.</param>
/// <param name="Service">The service.</param>
/// <param name="Run">The instance of the run that is meant, and no other.</param>
/// <param name="Decision">The decision, bound to the step and the candidate that it was made for.</param>
/// <param name="Expires">From when on it decides nothing, UTC.</param>
public sealed record DecisionLink(string Tenant, string Service, string Run, CanaryDecision Decision, DateTime Expires)
{
    /// <summary>Binds a decision to a run as it is seen.</summary>
    public static DecisionLink To(CanaryView view, LinkRequest request, string id) => new(
        view.Tenant,
        view.Service,
        view.InstanceId,
        CanaryControl.BoundTo(view, request.Decision) with { Revision = view.Candidate, Link = id },
        request.Decision.At + request.Lifetime);
}

/// <summary>The body of <c>POST …/canaries/{service}/links</c>.</summary>
/// <param name="Decision">What the link decides.</param>
/// <param name="Lifetime">For how long.</param>
public sealed record LinkRequest(CanaryDecision Decision, TimeSpan Lifetime)
{
    private static readonly string[] Verbs = ["approve", "reject"];

    /// <summary>Reads it at <paramref name="now"/>.</summary>
    /// <param name="body">The body.</param>
    /// <param name="now">The time, UTC.</param>
    /// <param name="identity">The authenticated caller, in whose name the link decides; null: the body must tell.</param>
    public static Parsed<LinkRequest> Read(JsonElement body, DateTime now, string? identity) => Parsed.From(body, o =>
    {
        var verb = o.Text("verb", text => Verbs.Contains(text) ? null : $"Expected one of {string.Join(", ", Verbs)}.");
        var lifetime = o.Duration("expiresIn", TimeSpan.FromHours(1), TimeSpan.FromMinutes(1), TimeSpan.FromDays(7));
        return new LinkRequest(DecisionRequest.Read(o, verb == "reject" ? Verb.Reject : Verb.Approve, now, identity), lifetime);
    });
}
