using System.Net;
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

    private static readonly TimeSpan CallLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan PodLimit = TimeSpan.FromSeconds(5);

    private readonly ApiClient client;
    private readonly TimeProvider time;
    private readonly ResiliencePipeline repeatable;
    private readonly ResiliencePipeline once;

    /// <summary>Connects to the cluster of a configuration; nothing is sent yet.</summary>
    public Resources(KubernetesClientConfiguration configuration, TimeProvider time)
    {
        client = new ApiClient(configuration);
        this.time = time;
        repeatable = Retrying(e => e is HttpRequestException or TimeoutException
            || e is ResourceException { StatusCode: HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError });
        once = Retrying(e => e is ResourceException { StatusCode: HttpStatusCode.TooManyRequests });
    }

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
        var query = labelSelector is null ? "limit=500" : $"limit=500&labelSelector={Uri.EscapeDataString(labelSelector)}";
        List<JsonObject> items = [];
        for (string? next = ""; next is not null;)
        {
            var page = await ListPageAsync(type, ns, next.Length == 0 ? query : $"{query}&continue={Uri.EscapeDataString(next)}", cancellationToken);
            items.AddRange(Items(page, type));
            next = page["metadata"]?["continue"]?.GetValue<string>() is { Length: > 0 } more ? more : null;
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
    public Task<JsonObject> CreateAsync(ResourceType type, JsonObject manifest, CancellationToken cancellationToken)
    {
        var path = $"{type.Path(Identity(manifest).Namespace)}?fieldManager={FieldManager}&fieldValidation=Strict";
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
    public async Task<bool> DeleteAsync(ResourceType type, string? ns, string name, string? uid, CancellationToken cancellationToken)
    {
        var options = new JsonObject { ["apiVersion"] = "v1", ["kind"] = "DeleteOptions", ["propagationPolicy"] = "Background" };
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
    public async Task<JsonObject?> WaitForAsync(
        ResourceType type, string? ns, string name, Func<JsonObject?, bool> condition, TimeSpan limit, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var timer = time.CreateTimer(_ => deadline.Cancel(), null, limit, Timeout.InfiniteTimeSpan);
        var fieldSelector = $"fieldSelector={Uri.EscapeDataString($"metadata.name={name}")}";
        JsonObject? seen = null;
        try
        {
            while (true)
            {
                var list = await ListPageAsync(type, ns, fieldSelector, deadline.Token);
                seen = Items(list, type).FirstOrDefault();
                if (condition(seen))
                {
                    return seen;
                }

                var query = $"{fieldSelector}&watch=true&resourceVersion={Version(list)}&timeoutSeconds={Math.Max(1, (int)limit.TotalSeconds)}";
                await foreach (var now in WatchAsync($"{type.Path(ns)}?{query}", deadline.Token))
                {
                    seen = now;
                    if (condition(seen))
                    {
                        return seen;
                    }
                }
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return seen;
        }
    }

    /// <inheritdoc/>
    public async Task<PodAnswer> AskPodAsync(string ns, string pod, int port, string path, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(PodLimit);
        try
        {
            using var response = await client.AskAsync($"{ResourceType.Pod.Path(ns, $"{pod}:{port}")}/proxy{path}", limit.Token);
            return await PodAnswer.ReadAsync(response, limit.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return PodAnswer.None($"no answer in {PodLimit.TotalSeconds:0} s");
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            return PodAnswer.None(e.Message);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => client.Dispose();

    /// <summary>The states of the watched object, null for its absence; ends when the server closes the watch or tells that it is too old.</summary>
    private async IAsyncEnumerable<JsonObject?> WatchAsync(
        string pathAndQuery, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var response = await client.SendAsync(new(HttpMethod.Get, pathAndQuery), cancellationToken);
        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        using var reader = new StreamReader(stream);
        while (await reader.ReadLineAsync(cancellationToken) is { } line)
        {
            var watched = JsonNode.Parse(line)!.AsObject();
            switch (watched["type"]?.GetValue<string>())
            {
                case "ADDED" or "MODIFIED":
                    yield return watched["object"]!.DeepClone().AsObject();
                    break;
                case "DELETED":
                    yield return null;
                    break;
                case "ERROR":
                    yield break;
            }
        }
    }

    private Task<JsonObject> ListPageAsync(ResourceType type, string? ns, string query, CancellationToken cancellationToken) =>
        SendAsync(new(HttpMethod.Get, $"{type.Path(ns)}?{query}"), repeatable, cancellationToken);

    private async Task<JsonObject> SendAsync(ApiCall call, ResiliencePipeline pipeline, CancellationToken cancellationToken) =>
        await pipeline.ExecuteAsync(
            async token =>
            {
                using var limit = CancellationTokenSource.CreateLinkedTokenSource(token);
                limit.CancelAfter(CallLimit);
                try
                {
                    using var response = await client.SendAsync(call, limit.Token);
                    await using var stream = await response.Content.ReadAsStreamAsync(limit.Token);
                    return (await JsonNode.ParseAsync(stream, cancellationToken: limit.Token))!.AsObject();
                }
                catch (OperationCanceledException) when (!token.IsCancellationRequested)
                {
                    throw new TimeoutException($"{call}: no answer in {CallLimit.TotalSeconds:0} s. Check that the API server is reachable.");
                }
            },
            cancellationToken);

    /// <summary>Three more attempts, half a second and then longer apart, or when the server says.</summary>
    private ResiliencePipeline Retrying(Func<Exception, bool> transient) => new ResiliencePipelineBuilder { TimeProvider = time }
        .AddRetry(new RetryStrategyOptions
        {
            ShouldHandle = new PredicateBuilder().Handle<Exception>(transient),
            MaxRetryAttempts = 3,
            Delay = TimeSpan.FromMilliseconds(500),
            MaxDelay = TimeSpan.FromSeconds(5),
            BackoffType = DelayBackoffType.Exponential,
            UseJitter = true,
            DelayGenerator = arguments => new((arguments.Outcome.Exception as ResourceException)?.RetryAfter),
        })
        .Build();

    private static IEnumerable<JsonObject> Items(JsonObject list, ResourceType type) =>
        list["items"]!.AsArray().Select(item => Typed(type, item!.AsObject())); // Items of a list carry no apiVersion and kind.

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
