using System.Text.Json;
using Microsoft.DurableTask;
using Orchestrator.Activities.Events;
using Orchestrator.Domain.Commands;
using Orchestrator.Functions.Http;

namespace Orchestrator.Functions.Commands;

/// <summary>
/// What is published of commands: <c>orchestrator.command.accepted</c>, <c>.unchanged</c> or <c>.refused</c>, and, for one that began a run,
/// <c>orchestrator.command.ended</c>.
/// </summary>
internal static class CommandEvents
{
    private const string Prefix = "orchestrator.command.";

    /// <summary>The source of every event about a command.</summary>
    public static Uri Source { get; } = new("/orchestrator/commands", UriKind.Relative);

    /// <summary>What a command came to.</summary>
    public static OutgoingEvent Applied(TaskOrchestrationContext context, CommandStart start, CommandResult result) => Event(
        context,
        start,
        JsonSerializer.SerializeToElement(result.Outcome).GetString()!,
        new { command = Reference(start), result.Reason, errors = result.Problems, result.Location, result.View });

    /// <summary>How the run ended that a command began.</summary>
    public static OutgoingEvent Ended(TaskOrchestrationContext context, CommandStart start, CommandEnd end) =>
        Event(context, start, "ended", new { command = Reference(start), end.Phase, end.Reason });

    // The id follows from the instance, so that an event that is sent twice is known as one.
    private static OutgoingEvent Event(TaskOrchestrationContext context, CommandStart start, string word, object data) => new(
        $"{context.InstanceId}.{word}",
        Source.OriginalString,
        Prefix + word,
        start.Subject,
        context.CurrentUtcDateTime,
        JsonSerializer.SerializeToElement(data, Answers.Json));

    private static object Reference(CommandStart start) => new { start.Source, start.Id, start.Type };
}
