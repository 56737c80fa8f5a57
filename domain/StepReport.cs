using System.Text.Json.Serialization;

namespace Orchestrator.Domain;

/// <summary>How one call of a step ended.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<StepOutcome>))]
public enum StepOutcome
{
    /// <summary>The step is done; the next may begin.</summary>
    Done,

    /// <summary>Something is still missing: the same call is to be made again.</summary>
    Waiting,

    /// <summary>The step can never succeed as it was asked for; repeating it is no use.</summary>
    Refused,
}

/// <summary>What an activity of a mesh or tenant run answers: a business ending, where an exception would mean that the call itself failed.</summary>
/// <param name="Outcome">How it ended.</param>
/// <param name="Result">For a step that is done: <c>Created</c>, <c>Updated</c>, <c>Unchanged</c>, <c>Deleted</c>, <c>Ready</c>.</param>
/// <param name="Message">What was seen, what is missing, or why it is refused.</param>
public record StepReport(StepOutcome Outcome, string? Result, string? Message)
{
    public static StepReport Done(string result, string? message = null) => new(StepOutcome.Done, result, message);

    public static StepReport Waiting(string what) => new(StepOutcome.Waiting, null, what);

    public static StepReport Refused(string reason) => new(StepOutcome.Refused, null, reason);
}
