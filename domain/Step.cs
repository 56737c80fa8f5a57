using System.Text.Json.Serialization;

namespace Orchestrator.Domain;

/// <summary>Where one step of a run stands.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<StepStatus>))]
public enum StepStatus { Pending, Running, Done, Undone, UndoFailed, Failed }

/// <summary>One step of a mesh or tenant run, as every view shows it.</summary>
/// <param name="Name">The step's stable name, e.g. <c>namespace</c> or <c>gateway-ready</c>.</param>
/// <param name="Status">Where it stands.</param>
/// <param name="Result">What it did: <c>Created</c>, <c>Updated</c>, <c>Unchanged</c>; null while it has not finished.</param>
/// <param name="Attempts">How often its activity was called, waits included.</param>
/// <param name="StartedAt">When it first ran, UTC.</param>
/// <param name="FinishedAt">When it ended, UTC.</param>
/// <param name="Message">What was seen, or why it failed.</param>
public sealed record Step(
    string Name,
    StepStatus Status = StepStatus.Pending,
    string? Result = null,
    int Attempts = 0,
    DateTime? StartedAt = null,
    DateTime? FinishedAt = null,
    string? Message = null);

/// <summary>What a run waits for at this moment, and until when at most.</summary>
public sealed record WaitingFor(string What, DateTime Until);

/// <summary>One error of a request: where, which kind, and what to do about it.</summary>
/// <param name="Pointer">JSON pointer (RFC 6901) to the member that is wrong.</param>
/// <param name="Code">A stable word for programs, e.g. <c>required</c> or <c>invalid-name</c>.</param>
/// <param name="Message">A sentence for people that says what is expected.</param>
public sealed record Problem(string Pointer, string Code, string Message);
