using System.Net.Mime;
using System.Text;
using System.Text.Json;
using CloudNative.CloudEvents;
using CloudNative.CloudEvents.SystemTextJson;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;

namespace Orchestrator.Activities.Events;

/// <summary>A CloudEvent to be published.</summary>
/// <param name="Id">Tells it from every other of its source; one that is published twice has the same.</param>
/// <param name="Source">Where it comes from, a URI reference.</param>
/// <param name="Type">What has happened.</param>
/// <param name="Subject">What it is about.</param>
/// <param name="At">When it happened, UTC.</param>
/// <param name="Data">What there is to know.</param>
public sealed record OutgoingEvent(string Id, string Source, string Type, string? Subject, DateTime At, JsonElement Data)
{
    private static readonly JsonEventFormatter Formatter = new();

    /// <summary>The event as CloudEvents 1.0 JSON, on one line.</summary>
    public string ToJson()
    {
        var message = new CloudEvent
        {
            Id = Id,
            Source = new Uri(Source, UriKind.RelativeOrAbsolute),
            Type = Type,
            Subject = Subject,
            Time = new DateTimeOffset(DateTime.SpecifyKind(At, DateTimeKind.Utc)),
            DataContentType = MediaTypeNames.Application.Json,
            Data = Data,
        };
        return Encoding.UTF8.GetString(Formatter.EncodeStructuredModeMessage(message, out _).Span);
    }
}

/// <summary>Publishes an event to the queue <c>orchestrator-events</c>, as CloudEvents 1.0 JSON; at least once.</summary>
public static class PublishEvent
{
    [Function(nameof(PublishEvent))]
    [QueueOutput("orchestrator-events")]
    public static string Run([ActivityTrigger] OutgoingEvent input) => input.ToJson();
}

/// <summary>The call sites of <see cref="PublishEvent"/>.</summary>
public static class PublishEventCalls
{
    // Nobody is kept waiting by an event that is late: half a day without the queue is sat out.
    private static readonly TaskOptions Insisted = TaskOptions.FromRetryPolicy(new RetryPolicy(
        maxNumberOfAttempts: 150, firstRetryInterval: TimeSpan.FromSeconds(1), backoffCoefficient: 2, maxRetryInterval: TimeSpan.FromMinutes(5)));

    extension(TaskOrchestrationContext context)
    {
        /// <summary>Calls <see cref="PublishEvent"/>.</summary>
        public Task PublishEventAsync(OutgoingEvent message) => context.CallActivityAsync(nameof(PublishEvent), message, Insisted);
    }
}
