using System.Net;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using k8s;
using Polly;
using Polly.Retry;

namespace Orchestrator.Cluster.Kubernetes;

/// <summary>The objects of one cluster over its API server.</summary>
public sealed class Resources : IResources, IDisposable
{
    /// <summary>The name under which this project owns the fields it applies.</summary>
    public const string FieldManager = "orchestrator";

    private const int PageSize = 500;

    /// <summary>A watch of more than five minutes is cut by what stands between, so the server is asked to end it before.</summary>
    private static readonly TimeSpan LongestWatch = TimeSpan.FromMinutes(5);

    /// <summary>How soon a watch that ended is opened again: later and later while it ends without a word.</summary>
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);

    private readonly ApiConnection connection;
    private readonly ApiLimits limits;
    private readonly TimeProvider time;
    private readonly ResiliencePipeline repeatable;
    private readonly ResiliencePipeline once;

    /// <summary>Connects to the cluster of a configuration; nothing is sent yet.</summary>
    public Resources(KubernetesClientConfiguration configuration, TimeProvider time, ApiLimits? limits = null)
        : this(_ => Task.FromResult(configuration), time, limits)
    {
    }

    /// <summary>Connects to a cluster whose address and credentials are asked for at the first call.</summary>
    public Resources(Func<CancellationToken, Task<KubernetesClientConfiguration>> configure, TimeProvider time, ApiLimits? limits = null)
    {
        this.limits = limits ?? new();
        connection = new(configure, this.limits, time);
        this.time = time;
        repeatable = Retrying(e => e is HttpRequestException or TimeoutException
            || e is ResourceException { StatusCode: HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError });
        once = Retrying(e => e is ResourceException { StatusCode: HttpStatusCode.TooManyRequests });
    }

    /// <inheritdoc/>
    public Task<JsonObject> VersionAsync(CancellationToken cancellationToken) =>
        SendAsync(new(HttpMethod.Get, "version"), repeatable, cancellationToken);

    /// <inheritdoc/>
    public async Task<JsonObject?> GetAsync(ResourceType type, string? ns, string name, CancellationToken cancellationToken)
    {
        try
        {
            return await SendAsync(new(HttpMethod.Get, type.Path(ns, name)), repeatable, cancellationToken);
        }
        catch (ResourceException e) when (e.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<JsonObject>> ListAsync(ResourceType type, string? ns, string? labelSelector, CancellationToken cancellationToken)
    {
        List<JsonObject> items = [];
        var query = labelSelector is null ? "" : $"labelSelector={Uri.EscapeDataString(labelSelector)}";
        await foreach (var page in ListPagesAsync(type, ns, query, cancellationToken))
        {
            if (page is null)
            {
                items.Clear();
                continue;
            }

            items.AddRange(Items(page, type));
        }

        return items;
    }

    /// <inheritdoc/>
    public async Task<Applied> ApplyAsync(ResourceType type, JsonObject manifest, bool force, CancellationToken cancellationToken)
    {
        var (ns, name) = Identity(manifest);
        var before = await GetAsync(type, ns, name, cancellationToken);
        var path = $"{type.Path(ns, name)}?fieldManager={FieldManager}&fieldValidation=Strict&force={(force ? "true" : "false")}";
        var after = await SendAsync(new(HttpMethod.Patch, path, Typed(type, manifest), "application/apply-patch+yaml"), repeatable, cancellationToken);
        var change = before is null ? Change.Created : Version(before) == Version(after) ? Change.Unchanged : Change.Updated;
        return new(change, after);
    }

    /// <inheritdoc/>
    public Task<JsonObject> ApplyAsAsync(string manager, ResourceType type, JsonObject manifest, CancellationToken cancellationToken)
    {
        var (ns, name) = Identity(manifest);
        var path = $"{type.Path(ns, name)}?fieldManager={Uri.EscapeDataString(manager)}&fieldValidation=Strict&force=true";
        return SendAsync(new(HttpMethod.Patch, path, Typed(type, manifest), "application/apply-patch+yaml"), repeatable, cancellationToken);
    }

    /// <inheritdoc/>
    public Task<JsonObject> CreateAsync(ResourceType type, JsonObject manifest, CancellationToken cancellationToken)
    {
        var path = $"{type.Path(manifest.Namespace)}?fieldManager={FieldManager}&fieldValidation=Strict";
        return SendAsync(new(HttpMethod.Post, path, Typed(type, manifest)), once, cancellationToken);
    }

    /// <inheritdoc/>
    public Task<JsonObject> DryRunAsync(ResourceType type, JsonObject manifest, CancellationToken cancellationToken)
    {
        var path = $"{type.Path(manifest.Namespace)}?fieldManager={FieldManager}&fieldValidation=Strict&dryRun=All";
        return SendAsync(new(HttpMethod.Post, path, Typed(type, manifest)), once, cancellationToken);
    }

    /// <inheritdoc/>
    public Task<JsonObject> PatchAsync(ResourceType type, string? ns, string name, JsonObject mergePatch, CancellationToken cancellationToken)
    {
        var path = $"{type.Path(ns, name)}?fieldManager={FieldManager}&fieldValidation=Strict";
        return SendAsync(new(HttpMethod.Patch, path, mergePatch, "application/merge-patch+json"), repeatable, cancellationToken);
    }

    /// <inheritdoc/>
    public Task<JsonObject> ReplaceAsync(ResourceType type, JsonObject manifest, CancellationToken cancellationToken)
    {
        var (ns, name) = Identity(manifest);
        var path = $"{type.Path(ns, name)}?fieldManager={FieldManager}&fieldValidation=Strict";
        return SendAsync(new(HttpMethod.Put, path, Typed(type, manifest)), once, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<bool> DeleteAsync(ResourceType type, string? ns, string name, string? uid, CancellationToken cancellationToken, bool orphans = false)
    {
        var options = new JsonObject { ["apiVersion"] = "v1", ["kind"] = "DeleteOptions", ["propagationPolicy"] = orphans ? "Orphan" : "Background" };
        if (uid is not null)
        {
            options["preconditions"] = new JsonObject { ["uid"] = uid };
        }

        try
        {
            await SendAsync(new(HttpMethod.Delete, type.Path(ns, name), options), repeatable, cancellationToken);
            return true;
        }
        catch (ResourceException e) when (e.StatusCode == HttpStatusCode.NotFound)
        {
            return false;
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<WatchEvent> WatchAsync(
        ResourceType type, string? ns, string? name, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var query = name is null ? "" : $"fieldSelector={Uri.EscapeDataString($"metadata.name={name}")}";
        string? version = null;
        var (heard, pause) = (time.GetTimestamp(), ShortestPause);
        while (true)
        {
            if (version is null)
            {
                yield return WatchEvent.Listing;
                await foreach (var page in ListPagesAsync(type, ns, query, cancellationToken))
                {
                    if (page is null)
                    {
                        yield return WatchEvent.Listing;
                        continue;
                    }

                    version = Version(page);
                    foreach (var item in Items(page, type))
                    {
                        yield return new(WatchEventKind.Present, item);
                    }
                }

                yield return WatchEvent.Listed;
                heard = time.GetTimestamp();
            }

            using var watch = await OpenAsync(type, ns, query, version, cancellationToken);
            WatchEvent? told;
            while ((told = watch is null ? WatchEvent.Lost : await watch.NextAsync(cancellationToken)).Kind < WatchEventKind.Ended)
            {
                version = told.Object is { } obj ? Version(obj) ?? version : version;
                (heard, pause) = (time.GetTimestamp(), ShortestPause);
                if (told.Kind is not WatchEventKind.Bookmark)
                {
                    yield return told;
                }
            }

            // Streams that end one after the other without a word are silence too.
            version = told.Kind is WatchEventKind.Lost || time.GetElapsedTime(heard) > limits.Silence ? null : version;
            await Task.Delay(pause + (Random.Shared.NextDouble() * pause), time, cancellationToken);
            pause = TimeSpan.FromTicks(Math.Min(2 * pause.Ticks, LongestPause.Ticks));
        }
    }

    /// <inheritdoc/>
    public async Task<JsonObject?> WaitForAsync(
        ResourceType type, string? ns, string name, Func<JsonObject?, bool> condition, TimeSpan limit, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var timer = time.CreateTimer(_ => deadline.Cancel(), null, limit, Timeout.InfiniteTimeSpan);
        JsonObject? seen = null, listed = null;
        var isListing = true;
        try
        {
            await foreach (var told in WatchAsync(type, ns, name, deadline.Token))
            {
                switch (told.Kind)
                {
                    case WatchEventKind.Listing:
                        (listed, isListing) = (null, true);
                        continue;
                    case WatchEventKind.Present when isListing:
                        listed = told.Object;
                        continue;
                    case WatchEventKind.Listed:
                        (seen, isListing) = (listed, false);
                        break;
                    default:
                        seen = told.Kind is WatchEventKind.Present ? told.Object : null;
                        break;
                }

                if (condition(seen))
                {
                    break;
                }
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
        }

        return seen;
    }

    /// <inheritdoc/>
    public async Task<PodAnswer> AskPodAsync(
        string ns, string pod, int port, string? host, string path, CancellationToken cancellationToken, (string Name, string Value)? header = null)
    {
        var client = await connection.TurnAsync(cancellationToken);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(limits.Pod);
        try
        {
            using var response = await client.AskAsync($"{ResourceType.Pod.Path(ns, $"{pod}:{port}")}/proxy{path}", host, header, limit.Token);
            return await PodAnswer.ReadAsync(response, limit.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return PodAnswer.None($"no answer in {limits.Pod.TotalSeconds:0.#} s");
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            return PodAnswer.None(e.Message);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => connection.Dispose();

    /// <summary>Opens a watch; null when the version it shall begin at is too old.</summary>
    private async Task<WatchStream?> OpenAsync(ResourceType type, string? ns, string query, string? version, CancellationToken cancellationToken)
    {
        var path = $"{type.Path(ns)}?{And(query)}watch=true&allowWatchBookmarks=true&resourceVersion={version}&timeoutSeconds={(int)LongestWatch.TotalSeconds}";
        try
        {
            var answer = await CallAsync(new(HttpMethod.Get, path), (answer, _) => Task.FromResult(answer), repeatable, cancellationToken);
            return new(answer, limits.Silence, time);
        }
        catch (ResourceException e) when (e.StatusCode == HttpStatusCode.Gone)
        {
            return null;
        }
    }

    /// <summary>The pages of a list; after a null they begin anew, since the snapshot of those before was compacted away.</summary>
    private async IAsyncEnumerable<JsonObject?> ListPagesAsync(
        ResourceType type, string? ns, string query, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (string? next = ""; next is not null;)
        {
            JsonObject? page;
            try
            {
                page = await ListPageAsync(type, ns, $"{And(query)}limit={PageSize}{next}", cancellationToken);
            }
            catch (ResourceException e) when (e.StatusCode == HttpStatusCode.Gone)
            {
                page = null;
            }

            yield return page;
            if (page is null)
            {
                // One whole list cannot grow old on the way.
                yield return await ListPageAsync(type, ns, query, cancellationToken);
                yield break;
            }

            next = page.Text("metadata", "continue") is { Length: > 0 } more ? $"&continue={Uri.EscapeDataString(more)}" : null;
        }
    }

    private static string And(string query) => query.Length == 0 ? "" : $"{query}&";

    private Task<JsonObject> ListPageAsync(ResourceType type, string? ns, string query, CancellationToken cancellationToken) =>
        SendAsync(new(HttpMethod.Get, query.Length == 0 ? type.Path(ns) : $"{type.Path(ns)}?{query}"), repeatable, cancellationToken);

    private Task<JsonObject> SendAsync(ApiCall call, ResiliencePipeline pipeline, CancellationToken cancellationToken) => CallAsync(
        call,
        async (response, token) =>
        {
            using (response)
            {
                await using var stream = await response.Content.ReadAsStreamAsync(token);
                return (await JsonNode.ParseAsync(stream, cancellationToken: token))!.AsObject();
            }
        },
        pipeline,
        cancellationToken);

    private async Task<T> CallAsync<T>(
        ApiCall call, Func<HttpResponseMessage, CancellationToken, Task<T>> read, ResiliencePipeline pipeline, CancellationToken cancellationToken) =>
        await pipeline.ExecuteAsync(
            async token =>
            {
                // Waiting for one's turn is no fault of the server, so the limit begins after it.
                var client = await connection.TurnAsync(token);
                using var limit = CancellationTokenSource.CreateLinkedTokenSource(token);
                limit.CancelAfter(limits.Call);
                try
                {
                    return await read(await client.SendAsync(call, limit.Token), limit.Token);
                }
                catch (OperationCanceledException) when (!token.IsCancellationRequested)
                {
                    throw new TimeoutException($"{call}: no answer in {limits.Call.TotalSeconds:0.#} s. Check that the API server is reachable.");
                }
            },
            cancellationToken);

    /// <summary>Three more attempts, half a second and then longer apart, or when the server says.</summary>
    private ResiliencePipeline Retrying(Func<Exception, bool> transient) => new ResiliencePipelineBuilder { TimeProvider = time }
        .AddRetry(new RetryStrategyOptions
        {
            ShouldHandle = new PredicateBuilder().Handle<Exception>(e => transient(e) && !(RetryAfter(e) > limits.RetryAfter)),
            MaxRetryAttempts = 3,
            Delay = TimeSpan.FromMilliseconds(500),
            MaxDelay = TimeSpan.FromSeconds(5),
            BackoffType = DelayBackoffType.Exponential,
            UseJitter = true,
            DelayGenerator = arguments => new(RetryAfter(arguments.Outcome.Exception) is { } asked ? asked + Jitter(asked) : null),
        })
        .Build();

    private static TimeSpan? RetryAfter(Exception? e) => (e as ResourceException)?.RetryAfter;

    /// <summary>A server that is too busy tells all its callers the same time: they shall not come back together.</summary>
    private static TimeSpan Jitter(TimeSpan asked) => Random.Shared.NextDouble() * (TimeSpan.FromMilliseconds(100) + (asked / 5));

    private static IEnumerable<JsonObject> Items(JsonObject list, ResourceType type) =>
        list.Items("items").Select(item => Typed(type, item!.AsObject())); // Items of a list carry no apiVersion and kind.

    private static JsonObject Typed(ResourceType type, JsonObject manifest)
    {
        var typed = new JsonObject { ["apiVersion"] = type.ApiVersion, ["kind"] = type.Kind };
        foreach (var (member, value) in manifest.Where(member => member.Key is not ("apiVersion" or "kind")))
        {
            typed[member] = value?.DeepClone();
        }

        return typed;
    }

    private static (string? Namespace, string Name) Identity(JsonObject manifest) => (
        manifest["metadata"]?["namespace"]?.GetValue<string>(),
        manifest["metadata"]?["name"]?.GetValue<string>() ?? throw new ArgumentException("A manifest needs metadata.name.", nameof(manifest)));

    private static string? Version(JsonObject obj) => obj["metadata"]?["resourceVersion"]?.GetValue<string>();
}
