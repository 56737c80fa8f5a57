using System.Text.Json;
using Orchestrator.Domain.Requests;

namespace Orchestrator.Domain.Calendars;

/// <summary>Reads what is said of a freeze of everything.</summary>
public static class FreezeRequest
{
    /// <summary>The body of <c>PUT /api/freezes/{name}</c>; a freeze that does not say when it begins has begun.</summary>
    /// <param name="body">The body.</param>
    /// <param name="name">The name of the freeze.</param>
    /// <param name="identity">The authenticated caller, who then is <c>by</c>, whatever the body claims; null: the body must tell.</param>
    /// <param name="now">The time, UTC.</param>
    public static Parsed<FreezeChange> Read(JsonElement body, string name, string? identity, DateTime now) => Parsed.From(body, o =>
    {
        if (Names.DnsLabel(name) is { } wrong)
        {
            o.Problem("name", "invalid", wrong);
        }

        var freeze = CalendarRequest.ReadFreeze(o, now);
        if (freeze.IsOver(now))
        {
            o.Problem("to", "range", $"The freeze would be over already: it is {now:u}.");
        }

        return new FreezeChange(name, freeze, CalendarRequest.ReadBy(o, identity), now);
    });

    /// <summary>The body of <c>DELETE /api/freezes/{name}</c>: who lifts it, and why.</summary>
    /// <inheritdoc cref="Read"/>
    public static Parsed<FreezeChange> ReadLift(JsonElement body, string name, string? identity, DateTime now) => Parsed.From(body, o =>
        new FreezeChange(name, null, CalendarRequest.ReadBy(o, identity), now, CalendarRequest.ReadReason(o)));
}
