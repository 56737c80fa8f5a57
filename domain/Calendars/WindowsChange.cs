using System.Text.Json;
using Orchestrator.Domain.Requests;

namespace Orchestrator.Domain.Calendars;

/// <summary>What was last said of the windows of everything: the input of their instance, which is their record.</summary>
/// <param name="Windows">When the candidates of all tenants may be given more traffic; null: at any time.</param>
/// <param name="By">Who said so: the authenticated identity where there is one.</param>
/// <param name="At">When, UTC.</param>
/// <param name="Reason">Why.</param>
public sealed record WindowsChange(IReadOnlyList<ChangeWindow>? Windows, string By, DateTime At, string? Reason = null)
{
    /// <summary>The instance that has them.</summary>
    public const string InstanceId = "windows";

    /// <summary>The body of <c>PUT /api/windows</c>.</summary>
    /// <param name="body">The body.</param>
    /// <param name="identity">The authenticated caller, who then is <c>by</c>, whatever the body claims; null: the body must tell.</param>
    /// <param name="now">The time, UTC.</param>
    public static Parsed<WindowsChange> Read(JsonElement body, string? identity, DateTime now) => Parsed.From(body, o =>
    {
        if (!o.Has("windows"))
        {
            o.Problem("windows", "required", "'windows' is required, e.g. [{\"days\": [\"Mon\"], \"from\": \"09:00\", \"to\": \"17:00\", \"timeZone\": \"Europe/Zurich\"}].");
        }

        return new WindowsChange(CalendarRequest.ReadWindows(o), CalendarRequest.ReadBy(o, identity), now, CalendarRequest.ReadReason(o));
    });

    /// <summary>The body of <c>DELETE /api/windows</c>: who lifts them, and why.</summary>
    /// <inheritdoc cref="Read"/>
    public static Parsed<WindowsChange> ReadLift(JsonElement body, string? identity, DateTime now) => Parsed.From(body, o =>
        new WindowsChange(null, CalendarRequest.ReadBy(o, identity), now, CalendarRequest.ReadReason(o)));
}
