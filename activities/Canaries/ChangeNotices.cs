using System.Collections.Concurrent;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;
using Orchestrator.Cluster;
using Orchestrator.Domain.Traffic;

namespace Orchestrator.Activities.Canaries;

/// <summary>
/// Tells a run when somebody writes what it steers, by an event whose payload is the mark in which the objects stand then. Who is to be told is known
/// in memory only, and for a day: a run that is sampled finds out in any case, and has it known again.
/// </summary>
public sealed partial class ChangeNotices(TimeProvider time, ILogger<ChangeNotices> logger)
{
    /// <summary>The event's name.</summary>
    public const string EventName = "changed";

    /// <summary>How long it is known at most who is to be told.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    /// <summary>How long changes are gathered: few come alone.</summary>
    private static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(200);

    /// <summary>How often the cache is read though nothing is heard, so that it goes on watching.</summary>
    private static readonly TimeSpan Pulse = TimeSpan.FromMinutes(5);

    private readonly ConcurrentDictionary<(string Cluster, string Namespace, string Service), Expected> expected = new();

    /// <summary>Has a run told of the next change, once. Of the changes of a service only the last run is told that asked for it.</summary>
    /// <param name="client">Raises the event.</param>
    /// <param name="run">The instance of the run.</param>
    /// <param name="cluster">Where the service is.</param>
    /// <param name="split">What the run steers.</param>
    /// <param name="mark">In which versions the objects were seen.</param>
    /// <param name="changed">The next change in the namespace after they began to be looked at.</param>
    public void Expect(DurableTaskClient client, string run, ClusterConnection cluster, TrafficSplit split, string mark, Task changed)
    {
        Expected? before = null;
        var now = expected.AddOrUpdate(
            (cluster.Name, split.Namespace, split.Service),
            _ => new(),
            (_, replaced) =>
            {
                before = replaced;
                return new() { ToldAt = replaced.ToldAt, Rest = replaced.Rest };
            });
        before?.Replaced.Cancel();
        _ = TellAsync(client, run, cluster, split, mark, changed, now);
    }

    /// <summary>Has nobody told of the next change: who makes it knows.</summary>
    public void Forget(string cluster, string ns, string service)
    {
        if (expected.TryRemove((cluster, ns, service), out var forgotten))
        {
            forgotten.Replaced.Cancel();
        }
    }

    private async Task TellAsync(
        DurableTaskClient client, string run, ClusterConnection cluster, TrafficSplit split, string mark, Task changed, Expected now)
    {
        var (began, replaced) = (time.GetUtcNow(), now.Replaced.Token);
        try
        {
            // Begins the watches, if nobody has. What it tells may be older than the mark.
            await RunMark.ReadAsync(cluster.Cache, split, replaced);
            while (time.GetUtcNow() - began < Longest)
            {
                await Task.WhenAny(changed, Task.Delay(Pulse, time, replaced));
                await Task.Delay(now.Left(time.GetUtcNow()) is var left && left > Gathering ? left : Gathering, time, replaced);
                changed = cluster.Cache.ChangedAsync(split.Namespace);
                var seen = await RunMark.ReadAsync(cluster.Cache, split, replaced);
                if (seen != mark)
                {
                    now.Told(time.GetUtcNow());
                    await client.RaiseEventAsync(run, EventName, seen, CancellationToken.None);
                    return;
                }
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
        private static readonly TimeSpan First = TimeSpan.FromSeconds(5);
        private static readonly TimeSpan Last = TimeSpan.FromMinutes(5);

        /// <summary>Ends the wait: another one began.</summary>
        public CancellationTokenSource Replaced { get; } = new();

        /// <summary>When a run was told last.</summary>
        public DateTimeOffset? ToldAt { get; set; }

        /// <summary>
        /// How long it is not told again since then: twice as long each time while there is no end of it, since who puts back at once what the run puts back at
        /// once shall not wear it out in seconds.
        /// </summary>
        public TimeSpan Rest { get; set; } = First;

        public TimeSpan Left(DateTimeOffset now) => ToldAt + Rest - now ?? TimeSpan.Zero;

        public void Told(DateTimeOffset now)
        {
            Rest = !(ToldAt + (4 * Rest) > now) ? First : 2 * Rest < Last ? 2 * Rest : Last;
            ToldAt = now;
        }
    }
}
