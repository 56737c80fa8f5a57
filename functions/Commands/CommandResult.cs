using System.Text.Json;
using System.Text.Json.Serialization;
using Orchestrator.Domain;
using Orchestrator.Domain.Commands;
using Orchestrator.Functions.Canaries;
using Orchestrator.Functions.Http;

namespace Orchestrator.Functions.Commands;

/// <summary>What a command came to, in a word.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<CommandWord>))]
public enum CommandWord
{
    /// <summary>It is under way.</summary>
    [JsonStringEnumMemberName("accepted")] Accepted,

    /// <summary>It is as it shall be already.</summary>
    [JsonStringEnumMemberName("unchanged")] Unchanged,

    /// <summary>It does not apply, and nothing was done.</summary>
    [JsonStringEnumMemberName("refused")] Refused,
}

/// <summary>What a command shows: its custom status.</summary>
/// <param name="Outcome">What it came to.</param>
/// <param name="Reason">Why it was refused, or why its run ended as it did.</param>
/// <param name="Phase">The phase in which the run ended that it began.</param>
public sealed record CommandStatus(CommandWord Outcome, string? Reason, string? Phase = null);

/// <summary>What a command came to, as its history keeps it: its output.</summary>
/// <param name="Outcome">In a word.</param>
/// <param name="Reason">Why it was refused.</param>
/// <param name="Problems">What is wrong with it, when it can never succeed.</param>
/// <param name="Location">Where the API tells how it stands.</param>
/// <param name="View">How it stood when it was accepted, as the API shows it.</param>
/// <param name="IsBegun">Whether it began a run, whose end it hears of.</param>
/// <param name="Message">What is to be sent to a run for it.</param>
/// <param name="End">How the run ended.</param>
public sealed record CommandResult(
    CommandWord Outcome,
    string? Reason = null,
    IReadOnlyList<Problem>? Problems = null,
    string? Location = null,
    JsonElement? View = null,
    bool IsBegun = false,
    CanaryMessage? Message = null,
    CommandEnd? End = null)
{
    internal static CommandResult Of(CommandOutcome outcome, CanaryMessage? message = null) => outcome switch
    {
        CommandOutcome.Accepted accepted => new(
            CommandWord.Accepted, Location: accepted.Location, View: Element(accepted.View), IsBegun: accepted.IsBegun, Message: message),
        CommandOutcome.Unchanged unchanged => new(CommandWord.Unchanged, Location: unchanged.Location, View: Element(unchanged.View)),
        CommandOutcome.Invalid invalid => new(CommandWord.Refused, "It is not valid.", invalid.Problems),
        CommandOutcome.NotFound missing => new(CommandWord.Refused, missing.Reason),
        CommandOutcome.Conflict conflict => new(CommandWord.Refused, conflict.Reason),
        _ => throw new ArgumentOutOfRangeException(nameof(outcome), outcome, null),
    };

    private static JsonElement Element(object view) => JsonSerializer.SerializeToElement(view, view.GetType(), Answers.Json);
}
