using System.Collections.Concurrent;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;
using Orchestrator.Cluster;
using Orchestrator.Domain.Traffic;

namespace Orchestrator.Activities.Canaries;

/// <summary>
/// Tells a run when somebody writes what it steers, by an event whose payload is the mark in which the objects stand then. Who is to be told is known
/// in memory only: after a restart the run's next sample finds out, and has it known again.
/// </summary>
public sealed partial class ChangeNotices(TimeProvider time, ILogger<ChangeNotices> logger)
{
    /// <summary>The event's name.</summary>
    public const string EventName = "changed";

    /// <summary>How long after it was told a run is not told again: who puts back at once what the run puts back at once shall not wear it out in seconds.</summary>
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<(string Cluster, string Namespace, string Service), Expected> expected = new();

    /// <summary>Has a run told of the next change, once. Of the changes of a service only the last run is told that asked for it.</summary>
    /// <param name="client">Raises the event.</param>
    /// <param name="run">The instance of the run.</param>
    /// <param name="cluster">Where the service is.</param>
    /// <param name="split">What the run steers.</param>
    /// <param name="mark">In which versions the objects were seen.</param>
    public void Expect(DurableTaskClient client, string run, ClusterConnection cluster, TrafficSplit split, string mark)
    {
        Expected? before = null;
        var now = expected.AddOrUpdate(
            (cluster.Name, split.Namespace, split.Service),
            _ => new(),
            (_, replaced) =>
            {
                before = replaced;
                return new() { Told = replaced.Told, ToldAt = replaced.ToldAt };
            });
        before?.Replaced.Cancel();
        _ = TellAsync(client, run, cluster, split, mark, now);
    }

    private async Task TellAsync(DurableTaskClient client, string run, ClusterConnection cluster, TrafficSplit split, string mark, Expected now)
    {
        try
        {
            await (now.ToldAt + Rest - time.GetUtcNow() is { Ticks: > 0 } rest ? Task.Delay(rest, time, now.Replaced.Token) : Task.CompletedTask);
            while (true)
            {
                var changed = cluster.Cache.ChangedAsync(split.Namespace);
                var seen = await RunMark.ReadAsync(cluster.Cache, split, now.Replaced.Token);

                // A watch that is late shows what was told of before; who is told of it again looks again, and so on until the watch has caught up.
                if (seen != mark && seen != now.Told)
                {
                    (now.Told, now.ToldAt) = (seen, time.GetUtcNow());
                    await client.RaiseEventAsync(run, EventName, seen, now.Replaced.Token);
                    return;
                }

                await changed.WaitAsync(now.Replaced.Token);
            }
        }
        catch (OperationCanceledException)
        {
        }
        catch (Exception e)
        {
            Untold(run, e);
        }
    }

    [LoggerMessage(LogLevel.Debug, "{Run} was not told that somebody wrote what it steers; its next sample will find that out")]
    private partial void Untold(string run, Exception e);

    /// <summary>That somebody is to be told.</summary>
    private sealed class Expected
    {
        /// <summary>Ends the wait: another one began.</summary>
        public CancellationTokenSource Replaced { get; } = new();

        /// <summary>The mark that a run was told last.</summary>
        public string? Told { get; set; }

        /// <summary>When it was.</summary>
        public DateTimeOffset? ToldAt { get; set; }
    }
}
