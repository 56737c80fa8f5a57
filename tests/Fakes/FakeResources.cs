using System.Collections.Concurrent;
using System.Net;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Orchestrator.Cluster.Kubernetes;

namespace Orchestrator.Fakes;

/// <summary>The objects of a cluster in memory, with the API server's rules on versions, conflicts and merge patches.</summary>
internal sealed class FakeResources(TimeProvider? time = null) : IResources
{
    private readonly Lock gate = new();
    private readonly SortedDictionary<string, JsonObject> objects = new(StringComparer.Ordinal);
    private long version;
    private TaskCompletionSource changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Every write but of Events, which may come at any time, as <c>verb Kind name</c>.</summary>
    public List<string> Writes { get; } = [];

    /// <summary>Called before each call with <c>verb Kind name</c>; what it throws is the answer.</summary>
    public Action<string>? OnCall { get; set; }

    /// <summary>What pods answer, asked by <c>namespace/name:port/path</c>.</summary>
    public Func<string, PodAnswer>? Pods { get; set; }

    /// <summary>Every question to a pod, in the same words.</summary>
    public ConcurrentQueue<string> Asked { get; } = new();

    /// <summary>Called after each write, outside the lock: a controller.</summary>
    public Action<FakeResources, ResourceType, JsonObject>? Controller { get; set; }

    public static ResourceException Refusal(HttpStatusCode code, string reason, string message) =>
        new("call", code, new JsonObject { ["reason"] = reason, ["message"] = message });

    /// <summary>Puts an object there as another client would, whatever stands.</summary>
    public void Put(ResourceType type, JsonObject manifest) => Store(type, manifest, null);

    public JsonObject? Get(ResourceType type, string ns, string name)
    {
        lock (gate)
        {
            return objects.TryGetValue(Key(type, ns, name), out var found) ? Copy(found) : null;
        }
    }

    public Task<JsonObject> VersionAsync(CancellationToken cancellationToken) => Task.FromResult(new JsonObject { ["gitVersion"] = "v1.32.0" });

    public Task<JsonObject?> GetAsync(ResourceType type, string? ns, string name, CancellationToken cancellationToken)
    {
        OnCall?.Invoke($"get {type.Kind} {name}");
        return Task.FromResult(Get(type, ns!, name));
    }

    public Task<IReadOnlyList<JsonObject>> ListAsync(ResourceType type, string? ns, string? labelSelector, CancellationToken cancellationToken)
    {
        OnCall?.Invoke($"list {type.Kind}");
        var labels = labelSelector?.Split(',').Select(term => term.Split('=')).ToDictionary(term => term[0], term => term[1]) ?? [];
        lock (gate)
        {
            return Task.FromResult<IReadOnlyList<JsonObject>>(
            [
                .. objects.Where(o => o.Key.StartsWith(Key(type, ns!, ""), StringComparison.Ordinal))
                    .Select(o => o.Value)
                    .Where(o => labels.All(label => o["metadata"]?["labels"]?[label.Key]?.GetValue<string>() == label.Value))
                    .Select(Copy),
            ]);
        }
    }

    public Task<JsonObject> DryRunAsync(ResourceType type, JsonObject manifest, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<Applied> ApplyAsync(ResourceType type, JsonObject manifest, bool force, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<JsonObject> ApplyAsAsync(string manager, ResourceType type, JsonObject manifest, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<JsonObject> ReplaceAsync(ResourceType type, JsonObject manifest, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<JsonObject> CreateAsync(ResourceType type, JsonObject manifest, CancellationToken cancellationToken)
    {
        var name = manifest["metadata"]!["name"]!.GetValue<string>();
        OnCall?.Invoke($"create {type.Kind} {name}");
        return Get(type, NamespaceOf(manifest), name) is null
            ? Task.FromResult(Store(type, manifest, "create"))
            : throw Refusal(HttpStatusCode.Conflict, "AlreadyExists", $"{name} exists");
    }

    public Task<JsonObject> PatchAsync(ResourceType type, string? ns, string name, JsonObject mergePatch, CancellationToken cancellationToken)
    {
        OnCall?.Invoke($"patch {type.Kind} {name}");
        var current = Get(type, ns!, name) ?? throw Refusal(HttpStatusCode.NotFound, "NotFound", $"{name} not found");
        if (mergePatch["metadata"]?["resourceVersion"] is { } read && read.GetValue<string>() != current["metadata"]!["resourceVersion"]!.GetValue<string>())
        {
            throw Refusal(HttpStatusCode.Conflict, "Conflict", "the object has been modified");
        }

        Merge(current, mergePatch);
        return Task.FromResult(Store(type, current, "patch"));
    }

    public Task<bool> DeleteAsync(ResourceType type, string? ns, string name, string? uid, CancellationToken cancellationToken, bool orphans = false)
    {
        OnCall?.Invoke($"delete {type.Kind} {name}");
        lock (gate)
        {
            Writes.Add($"delete {type.Kind} {name}");
            var isDeleted = objects.Remove(Key(type, ns!, name));
            Tell();
            return Task.FromResult(isDeleted);
        }
    }

    public async IAsyncEnumerable<WatchEvent> WatchAsync(
        ResourceType type, string? ns, string? name, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // What a watch tells that begins anew with each change.
        while (true)
        {
            Task next;
            List<JsonObject> found;
            lock (gate)
            {
                next = changed.Task;
                found =
                [
                    .. objects.Where(o => o.Key.StartsWith(ns is null ? Key(type) : Key(type, ns, ""), StringComparison.Ordinal))
                        .Select(o => Copy(o.Value))
                        .Where(o => name is null || o["metadata"]!["name"]!.GetValue<string>() == name),
                ];
            }

            yield return new(WatchEventKind.Listing);
            foreach (var obj in found)
            {
                yield return new(WatchEventKind.Present, obj);
            }

            yield return new(WatchEventKind.Listed);
            await next.WaitAsync(cancellationToken);
        }
    }

    public async Task<JsonObject?> WaitForAsync(
        ResourceType type, string? ns, string name, Func<JsonObject?, bool> condition, TimeSpan limit, CancellationToken cancellationToken)
    {
        var end = Task.Delay(limit, time ?? TimeProvider.System, cancellationToken);
        while (true)
        {
            Task next;
            lock (gate)
            {
                next = changed.Task;
            }

            var seen = Get(type, ns!, name);
            if (condition(seen) || end.IsCompleted)
            {
                return seen;
            }

            await Task.WhenAny(next, end);
        }
    }

    public Task<PodAnswer> AskPodAsync(
        string ns, string pod, int port, string? host, string path, CancellationToken cancellationToken, (string Name, string Value)? header = null)
    {
        Asked.Enqueue($"{ns}/{pod}:{port}{path}");
        return Task.FromResult(Pods?.Invoke($"{ns}/{pod}:{port}{path}") ?? PodAnswer.None("nobody listens"));
    }

    private static void Merge(JsonObject target, JsonObject patch)
    {
        foreach (var (name, value) in patch)
        {
            switch (value)
            {
                case null:
                    target.Remove(name);
                    break;
                case JsonObject inner when target[name] is JsonObject old:
                    Merge(old, inner);
                    break;
                default:
                    target[name] = value.DeepClone();
                    break;
            }
        }
    }

    private JsonObject Store(ResourceType type, JsonObject manifest, string? verb)
    {
        var stored = Copy(manifest);
        lock (gate)
        {
            var metadata = stored["metadata"]!.AsObject();
            var key = Key(type, NamespaceOf(stored), metadata["name"]!.GetValue<string>());
            var before = objects.GetValueOrDefault(key);
            metadata["uid"] ??= Guid.NewGuid().ToString();
            metadata["resourceVersion"] = (++version).ToString();
            metadata["generation"] = (before?["metadata"]?["generation"]?.GetValue<long>() ?? 0) + (JsonNode.DeepEquals(before?["spec"], stored["spec"]) ? 0 : 1);
            objects[key] = stored = Copy(stored);
            if (verb is not null && type != ResourceType.Event)
            {
                Writes.Add($"{verb} {type.Kind} {metadata["name"]}");
            }

            Tell();
        }

        Controller?.Invoke(this, type, Copy(stored));
        return Copy(stored);
    }

    private void Tell()
    {
        changed.TrySetResult();
        changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private static string NamespaceOf(JsonObject manifest) => manifest["metadata"]!["namespace"]!.GetValue<string>();

    private static string Key(ResourceType type) => $"{type.Kind}.{type.Group}/";

    private static string Key(ResourceType type, string ns, string name) => $"{Key(type)}{ns}/{name}";

    /// <summary>Through text, as over the wire.</summary>
    private static JsonObject Copy(JsonObject o) => JsonNode.Parse(o.ToJsonString())!.AsObject();
}
