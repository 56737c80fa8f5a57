using System.Text.Json;
using System.Text.Json.Nodes;
using Polly;
using Polly.Retry;

namespace Orchestrator.Cluster.Kubernetes;

/// <summary>All objects of one kind, as a watch tells them.</summary>
internal sealed class WatchedKind : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(5);

    private readonly ResourceType type;
    private readonly Lock gate = new();
    private readonly CancellationTokenSource ends = new();
    private readonly ITimer idle;
    private readonly Action<string> changed;
    private Dictionary<string, Dictionary<string, Kept>> objects = [];
    private Dictionary<string, Dictionary<string, Kept>>? listing;
    private TaskCompletionSource<bool> live = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Begins to watch.</summary>
    /// <param name="resources">The API server.</param>
    /// <param name="type">The kind.</param>
    /// <param name="time">The clock.</param>
    /// <param name="changed">Called with each namespace in which an object changed, but for its status.</param>
    /// <param name="unused">Called when the time that was given by <see cref="KeepFor"/> is over.</param>
    public WatchedKind(IResources resources, ResourceType type, TimeProvider time, Action<string> changed, Action unused)
    {
        (this.type, this.changed) = (type, changed);
        idle = time.CreateTimer(_ => unused(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _ = FollowAsync(resources, time);
    }

    /// <summary>It will be of use for so long.</summary>
    public void KeepFor(TimeSpan span) => idle.Change(span, Timeout.InfiniteTimeSpan);

    /// <summary>Whether what is kept is what stands, as far as the watch has told; waits while it is read for the first time or again.</summary>
    public Task<bool> IsLiveAsync(CancellationToken cancellationToken)
    {
        lock (gate)
        {
            return live.Task.WaitAsync(cancellationToken);
        }
    }

    /// <summary>One object; null when there is none.</summary>
    public JsonObject? Get(string? ns, string name)
    {
        Kept? found;
        lock (gate)
        {
            found = objects.GetValueOrDefault(ns ?? "")?.GetValueOrDefault(name);
        }

        return found?.As(type);
    }

    /// <summary>The objects of a namespace, or of all when it is null.</summary>
    public IReadOnlyList<JsonObject> List(string? ns)
    {
        Kept[] found;
        lock (gate)
        {
            found = [.. (ns is null ? objects.Values : Of(ns)).SelectMany(kept => kept.Values)];
        }

        return [.. found.Select(kept => kept.As(type))];

        IEnumerable<Dictionary<string, Kept>> Of(string only) => objects.TryGetValue(only, out var kept) ? [kept] : [];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        idle.Dispose();
        ends.Cancel();
    }

    /// <summary>Watches until the end; while that fails, who reads asks the API server.</summary>
    private async Task FollowAsync(IResources resources, TimeProvider time)
    {
        var retried = new ResiliencePipelineBuilder { TimeProvider = time }
            .AddRetry(new RetryStrategyOptions
            {
                ShouldHandle = _ => new(!ends.IsCancellationRequested),
                MaxRetryAttempts = int.MaxValue,
                BackoffType = DelayBackoffType.Exponential,
                Delay = Pause,
                MaxDelay = LongestPause,
                UseJitter = true,
            })
            .Build();
        try
        {
            while (!ends.IsCancellationRequested)
            {
                await retried.ExecuteAsync(async token => await FollowOnceAsync(resources, token), ends.Token);
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    /// <summary>Watches until that fails, which is no more than an end if the watch has told something.</summary>
    private async Task FollowOnceAsync(IResources resources, CancellationToken cancellationToken)
    {
        var (isListed, isHeard) = (false, false);
        try
        {
            await foreach (var told in resources.WatchAsync(type, null, null, cancellationToken))
            {
                Take(told);
                isHeard |= isListed && told.Object is not null;
                isListed |= told.Kind is WatchEventKind.Listed;
            }
        }
        catch (Exception) when (isHeard && !cancellationToken.IsCancellationRequested)
        {
        }
        finally
        {
            SetLive(false);
        }
    }

    private void Take(WatchEvent told)
    {
        string[] namespaces;
        lock (gate)
        {
            namespaces = told switch
            {
                { Kind: WatchEventKind.Listing } => Begin(),
                { Kind: WatchEventKind.Listed } => Replace(),
                { Object: { } obj } => Put(listing ?? objects, obj, isThere: told.Kind is WatchEventKind.Present),
                _ => [],
            };
        }

        Array.ForEach(namespaces, changed);
        if (told.Kind is WatchEventKind.Listed)
        {
            // Who waits to read is not to be told of what it reads.
            SetLive(true);
        }
    }

    private string[] Begin()
    {
        listing = [];
        if (live.Task is { IsCompletedSuccessfully: true, Result: true })
        {
            live = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        return [];
    }

    private string[] Replace()
    {
        var before = objects;
        (objects, listing) = (listing!, null);
        return [.. before.Keys.Union(objects.Keys).Where(ns => !AreSame(before.GetValueOrDefault(ns) ?? [], objects.GetValueOrDefault(ns) ?? []))];
    }

    private string[] Put(Dictionary<string, Dictionary<string, Kept>> into, JsonObject obj, bool isThere)
    {
        var (ns, name) = (obj.Namespace ?? "", obj.Name);
        if (!into.TryGetValue(ns, out var kept))
        {
            into[ns] = kept = new(StringComparer.Ordinal);
        }

        var before = kept.GetValueOrDefault(name);
        if (isThere)
        {
            kept[name] = Kept.Of(obj);
        }
        else if (kept.Remove(name) && kept.Count == 0)
        {
            into.Remove(ns);
        }

        return into == listing || Kept.AreSame(before, kept.GetValueOrDefault(name)) ? [] : [ns];
    }

    /// <summary>While it is not live, who reads asks the API server.</summary>
    private void SetLive(bool isLive)
    {
        lock (gate)
        {
            if (!live.TrySetResult(isLive))
            {
                live = new(TaskCreationOptions.RunContinuationsAsynchronously);
                live.SetResult(isLive);
            }
        }
    }

    private static bool AreSame(Dictionary<string, Kept> before, Dictionary<string, Kept> now) =>
        before.Count == now.Count && before.All(kept => Kept.AreSame(kept.Value, now.GetValueOrDefault(kept.Key)));

    /// <summary>An object as text, which takes a tenth of the room.</summary>
    private sealed class Kept
    {
        private readonly string version;
        private readonly byte[] status;
        private readonly byte[] rest;

        private Kept(string version, byte[] status, byte[] rest) => (this.version, this.status, this.rest) = (version, status, rest);

        public JsonObject As(ResourceType type)
        {
            var obj = JsonNode.Parse(rest)!.AsObject();
            (obj["apiVersion"], obj["kind"]) = (type.ApiVersion, type.Kind);
            obj["metadata"]!["resourceVersion"] = version;
            if (JsonNode.Parse(status) is { } told)
            {
                obj["status"] = told;
            }

            return obj;
        }

        public static Kept Of(JsonObject obj)
        {
            var (version, status) = (obj.ResourceVersion, JsonSerializer.SerializeToUtf8Bytes(obj["status"]));
            var metadata = obj["metadata"]!.AsObject();

            // Lists and watches tell apiVersion and kind in another order, or not at all.
            foreach (var (owner, member) in ((JsonObject, string)[])
                [(obj, "status"), (obj, "apiVersion"), (obj, "kind"), (metadata, "managedFields"), (metadata, "resourceVersion")])
            {
                owner.Remove(member);
            }

            return new(version, status, JsonSerializer.SerializeToUtf8Bytes(obj));
        }

        /// <summary>Whether nothing but the status differs.</summary>
        public static bool AreSame(Kept? before, Kept? now) =>
            before is null || now is null ? before == now : before.rest.AsSpan().SequenceEqual(now.rest);
    }
}
