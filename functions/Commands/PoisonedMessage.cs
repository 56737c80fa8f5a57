using System.Net.Mime;
using System.Text;
using CloudNative.CloudEvents;
using CloudNative.CloudEvents.SystemTextJson;
using Orchestrator.Domain;
using Orchestrator.Functions.Http;

namespace Orchestrator.Functions.Commands;

/// <summary>Wraps a message that can never succeed, with its problems, for <c>orchestrator-commands-poison</c>.</summary>
internal static class PoisonedMessage
{
    /// <summary>The type of the event.</summary>
    public const string Type = "orchestrator.command.poisoned";

    /// <summary>The most that a queue takes, in bytes.</summary>
    private const int MostOfMessage = 64 * 1024;

    private const int MostProblems = 20;
    private const int MostOfText = 200;

    private static readonly JsonEventFormatter Formatter = new(Answers.Json, default);

    /// <summary>The event as JSON.</summary>
    /// <param name="messageId">The queue's id of the message, which a consumer that gets it twice knows it by.</param>
    /// <param name="text">The text of the message.</param>
    /// <param name="problems">What is wrong with it.</param>
    /// <param name="now">The time.</param>
    public static string Wrap(string messageId, string text, IReadOnlyList<Problem> problems, DateTimeOffset now)
    {
        var original = Encoding.UTF8.GetBytes(text);
        var room = MostOfMessage - Encoding.UTF8.GetByteCount(Wrap(messageId, original, 0, problems, now));
        return Wrap(messageId, original, Math.Min(original.Length, room / 4 * 3), problems, now);
    }

    private static string Wrap(string messageId, byte[] original, int kept, IReadOnlyList<Problem> problems, DateTimeOffset now)
    {
        var poisoned = new CloudEvent
        {
            Id = messageId,
            Source = CommandEvents.Source,
            Type = Type,
            Time = now,
            DataContentType = MediaTypeNames.Application.Json,
            Data = new
            {
                problems = problems.Take(MostProblems).Select(problem => new Problem(Cut(problem.Pointer), problem.Code, Cut(problem.Message))),
                furtherProblems = Math.Max(0, problems.Count - MostProblems),
                original = Convert.ToBase64String(original.AsSpan(0, kept)),
                originalBytes = original.Length,
                isCut = kept < original.Length,
            },
        };
        return Encoding.UTF8.GetString(Formatter.EncodeStructuredModeMessage(poisoned, out _).Span);
    }

    private static string Cut(string text) => text.Length <= MostOfText ? text : text[..MostOfText] + "…";
}
