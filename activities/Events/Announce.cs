using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.Extensions.Logging;
using Orchestrator.Cluster;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Domain;

namespace Orchestrator.Activities.Events;

/// <summary>What is announced, under which name, and when it was so, UTC.</summary>
public sealed record EventToAnnounce(Announcement Announcement, string Name, DateTime At);

/// <summary>Writes an Event to the cluster. It is a courtesy: what keeps it from that is logged, and nothing else.</summary>
public sealed partial class Announce(IClusterDirectory clusters, RunCounts counts, ILogger<Announce> logger)
{
    /// <summary>A run is not over before its last Event is written or given up.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    [Function(nameof(Announce))]
    public async Task RunAsync([ActivityTrigger] EventToAnnounce input, FunctionContext context)
    {
        if (input.Announcement.End is { } end)
        {
            counts.Ended(end);
        }

        using var patience = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            var manifest = EventManifest.Of(input.Announcement, input.Name, input.At);
            await clusters.Get(input.Announcement.Cluster).Resources.CreateAsync(ResourceType.Event, manifest, patience.Token);
        }
        catch (ResourceException e) when (e.AlreadyExists)
        {
            // An earlier call has written it.
        }
        catch (Exception e)
        {
            LogUnannounced(input.Announcement.Namespace, input.Announcement.Reason, e.Message);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "No Event {Reason} was written to namespace {Namespace}: {Why}")]
    private partial void LogUnannounced(string @namespace, string reason, string why);
}

public static class AnnounceCall
{
    extension(TaskOrchestrationContext context)
    {
        /// <summary>Has the cluster tell of something; nobody waits for it.</summary>
        public void Announce(Announcement announcement) => _ = context.CallActivityAsync(
            nameof(Announce), new EventToAnnounce(announcement, $"{context.InstanceId}.{context.NewGuid():N}", context.CurrentUtcDateTime));
    }
}
