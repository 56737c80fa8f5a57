using System.Text.Json;
using Orchestrator.Domain.Requests;

namespace Orchestrator.Domain.Canaries;

/// <summary>Reads the body of <c>POST …/canaries/{service}/{verb}</c>.</summary>
public static class DecisionRequest
{
    private const int MostOfName = 100;
    private const int MostOfReason = 1000;
    private const int MostSteps = 1000;

    /// <summary>The verbs that can be posted.</summary>
    public static readonly IReadOnlyList<string> Verbs = ["approve", "reject", "pause", "resume", "promote", "abort", "undo", "retry"];

    /// <summary>Reads a decision, taken at <paramref name="now"/>.</summary>
    /// <param name="body">The body.</param>
    /// <param name="verb">One of <see cref="Verbs"/>.</param>
    /// <param name="full">Whether a promotion skips every step that is left, which the body may say as well.</param>
    /// <param name="now">The time, UTC.</param>
    /// <param name="fromStep">The step that a retry begins at, which the body may say as well.</param>
    /// <param name="force">Whether a promotion is meant though the calendar is closed, which the body may say as well; it needs a reason.</param>
    /// <param name="identity">The authenticated caller, who then is <c>by</c>, whatever the body claims; null: the body must tell.</param>
    public static Parsed<CanaryDecision> Read(
        JsonElement body, string verb, bool full, DateTime now, string? identity = null, int? fromStep = null, bool force = false) => Parsed.From(body, o =>
    {
        var step = verb == "retry" ? o.OptionalInteger("fromStep", 1, MostSteps) ?? fromStep : null;
        if (step < 1)
        {
            o.Problem("fromStep", "range", $"Expected 1 to {MostSteps}, got {step}.");
        }

        var isFull = verb == "promote" && (o.Boolean("full", false) || full);
        var isForced = verb == "promote" && (o.Boolean("force", false) || force);
        if (isForced && !o.Has("reason"))
        {
            o.Problem("reason", "required", "Tell why the candidate is promoted though the calendar is closed: it stays in the record.");
        }

        return Read(o, isFull ? Verb.PromoteFully : Enum.Parse<Verb>(verb, ignoreCase: true), now, identity) with { FromStep = step, Force = isForced };
    });

    /// <summary>What every decision has: who, why, and which version.</summary>
    internal static CanaryDecision Read(ObjectReader o, Verb verb, DateTime now, string? identity)
    {
        var claimed = identity is null ? o.Text("by", text => Limited(text, MostOfName)) : o.OptionalText("by", text => Limited(text, MostOfName));
        return new(
            verb,
            identity ?? claimed!,
            o.OptionalText("reason", text => Limited(text, MostOfReason)),
            now,
            Revision: o.OptionalText("revision"),
            OnBehalfOf: identity is null || claimed == identity ? null : claimed);
    }

    private static string? Limited(string text, int most) =>
        string.IsNullOrWhiteSpace(text) ? "Expected a text that is not blank." : text.Length > most ? $"Expected at most {most} characters, got {text.Length}." : null;
}
