using System.Text.Json;
using System.Text.Json.Nodes;
using Polly;
using Polly.Retry;

namespace Orchestrator.Cluster.Kubernetes;

/// <summary>All objects of one kind, as a watch tells them.</summary>
internal sealed class WatchedKind : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(15);

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
    /// <param name="changed">Called with each namespace in which an object changed.</param>
    /// <param name="unused">Called when the time that was given by <see cref="KeepFor"/> is over.</param>
    public WatchedKind(IResources resources, ResourceType type, TimeProvider time, Action<string> changed, Action unused)
    {
        this.changed = changed;
        idle = time.CreateTimer(_ => unused(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _ = FollowAsync(resources, type, time);
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
        lock (gate)
        {
            return objects.GetValueOrDefault(ns ?? "")?.GetValueOrDefault(name)?.Object;
        }
    }

    /// <summary>The objects of a namespace, or of all when it is null.</summary>
    public IReadOnlyList<JsonObject> List(string? ns)
    {
        lock (gate)
        {
            return [.. (ns is null ? objects.Values : Of(ns)).SelectMany(kept => kept.Values).Select(kept => kept.Object)];
        }

        IEnumerable<Dictionary<string, Kept>> Of(string only) => objects.TryGetValue(only, out var kept) ? [kept] : [];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        idle.Dispose();
        ends.Cancel();
    }

    /// <summary>Watches until the end; while that fails, who reads asks the API server.</summary>
    private async Task FollowAsync(IResources resources, ResourceType type, TimeProvider time)
    {
        var retried = new ResiliencePipelineBuilder { TimeProvider = time }
            .AddRetry(new RetryStrategyOptions
            {
                ShouldHandle = _ => new(!ends.IsCancellationRequested),
                MaxRetryAttempts = int.MaxValue,
                Delay = Pause,
                UseJitter = true,
                OnRetry = _ =>
                {
                    Fail();
                    return default;
                },
            })
            .Build();
        try
        {
            await retried.ExecuteAsync(
                async token =>
                {
                    await foreach (var told in resources.WatchAsync(type, null, null, token))
                    {
                        Take(told);
                    }
                },
                ends.Token);
        }
        catch (OperationCanceledException)
        {
            Fail();
        }
    }

    private void Fail()
    {
        lock (gate)
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
        SetLive(true);
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

        return into == listing || before?.Version == kept.GetValueOrDefault(name)?.Version ? [] : [ns];
    }

    private void SetLive(bool isLive)
    {
        if (!live.TrySetResult(isLive))
        {
            live = new(TaskCreationOptions.RunContinuationsAsynchronously);
            live.SetResult(isLive);
        }
    }

    private static bool AreSame(Dictionary<string, Kept> before, Dictionary<string, Kept> now) =>
        before.Count == now.Count && before.All(kept => now.GetValueOrDefault(kept.Key)?.Version == kept.Value.Version);

    /// <summary>An object as text, which takes a tenth of the room.</summary>
    private sealed record Kept(string? Version, byte[] Json)
    {
        public JsonObject Object => JsonNode.Parse(Json)!.AsObject();

        public static Kept Of(JsonObject obj)
        {
            (obj["metadata"] as JsonObject)?.Remove("managedFields");
            return new(obj.ResourceVersion, JsonSerializer.SerializeToUtf8Bytes(obj));
        }
    }
}
