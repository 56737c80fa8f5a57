using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.DurableTask.Client;

namespace Orchestrator.Durable.Engine.Inspection;

/// <summary>What an instance waits for, as its code and the store say together.</summary>
/// <param name="InstanceId">The instance.</param>
/// <param name="Name">Its orchestrator.</param>
/// <param name="Status">Its runtime status.</param>
public sealed record InstanceWait(string InstanceId, string Name, OrchestrationRuntimeStatus Status)
{
    /// <summary>How the management API writes it.</summary>
    public static JsonSerializerOptions Json { get; } = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter() } };

    /// <summary>When a start that was scheduled for later is due, UTC.</summary>
    public DateTime? StartsAt { get; init; }

    /// <summary>The activities without a result.</summary>
    public IReadOnlyList<WaitingActivity> Activities { get; init; } = [];

    /// <summary>The timers that have not fired.</summary>
    public IReadOnlyList<WaitingTimer> Timers { get; init; } = [];

    /// <summary>The sub-orchestrations without a result.</summary>
    public IReadOnlyList<WaitingChild> Children { get; init; } = [];

    /// <summary>The names of the external events that the code awaits.</summary>
    public IReadOnlyList<string> AwaitedEvents { get; init; } = [];

    /// <summary>The external events that came and that the code has not asked for yet, in the order of their arrival.</summary>
    public IReadOnlyList<BufferedEvent> BufferedEvents { get; init; } = [];

    /// <summary>
    /// Why it will not go on by itself: it is quarantined, waits for nothing, waits for what the store no longer has, or its code does something else
    /// than its history says. Null when all is well.
    /// </summary>
    public string? Problem { get; init; }
}

/// <summary>An attempt of a call that is repeated by a retry policy or handler.</summary>
/// <param name="Number">Which attempt it is, from 1.</param>
/// <param name="LastFailure">Why the one before failed; null for the first.</param>
public sealed record CallAttempt(int Number, string? LastFailure);

/// <summary>An activity without a result.</summary>
/// <param name="Name">Its name.</param>
/// <param name="TaskId">The id of the task in the history.</param>
/// <param name="Scheduled">Since when it is to run, UTC.</param>
/// <param name="Attempt">Which attempt it is.</param>
public sealed record WaitingActivity(string Name, int TaskId, DateTime Scheduled, CallAttempt Attempt);

/// <summary>A timer that has not fired.</summary>
/// <param name="TaskId">The id of the task in the history.</param>
/// <param name="Due">When it fires, UTC.</param>
/// <param name="NextAttempt">The attempt that follows, when a retry policy set the timer; null for a timer of the code.</param>
public sealed record WaitingTimer(int TaskId, DateTime Due, CallAttempt? NextAttempt);

/// <summary>A sub-orchestration without a result.</summary>
/// <param name="InstanceId">Its instance id.</param>
/// <param name="Name">Its orchestrator.</param>
/// <param name="TaskId">The id of the task in the history.</param>
/// <param name="Status">Its runtime status; null when there is no such instance.</param>
/// <param name="Attempt">Which attempt it is.</param>
public sealed record WaitingChild(string InstanceId, string Name, int TaskId, OrchestrationRuntimeStatus? Status, CallAttempt Attempt);

/// <summary>An external event that came before the code asked for it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Received">When it came, UTC.</param>
public sealed record BufferedEvent(string Name, DateTime Received);
