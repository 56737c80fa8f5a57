using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Orchestrator.Simulator.Store;

namespace Orchestrator.Simulator;

/// <summary>The objects of one cluster, with the write rules of the API server: names, versions, generations, finalizers, namespaces.</summary>
/// <remarks>
/// Safe for concurrent use. Everything is held in memory and written through to SQLite, so a write costs well under a millisecond and has
/// survived a killed process once it returned. Objects go in and out as copies: the caller may change what it got, and what it gave.
/// Only the objects of a <see cref="ClusterEvent"/> are shared between readers and must not be changed. Refusals are <see cref="KubeException"/>s.
/// </remarks>
public sealed partial class ClusterStore : IDisposable
{
    /// <summary>Namespaces that cannot be deleted.</summary>
    private static readonly string[] Permanent = ["default", "kube-public", "kube-system"];

    private readonly Lock gate = new();
    private readonly ClusterDatabase database;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly Dictionary<ResourceType, SortedDictionary<ObjectKey, JsonObject>> objects =
        ResourceTypes.All.ToDictionary(type => type, _ => new SortedDictionary<ObjectKey, JsonObject>());
    private bool disposed;

    /// <summary>Opens the cluster kept in a directory; makes an empty one, with the namespaces every cluster has, where there is none.</summary>
    /// <param name="directory">Holds <c>cluster.db</c>; created when missing.</param>
    /// <param name="time">The clock of <c>creationTimestamp</c>; default the system's.</param>
    /// <param name="logger">Told of subscribers that throw.</param>
    /// <param name="history">How many changes are kept, so that a watch can resume: an older version is answered 410.</param>
    public ClusterStore(string directory, TimeProvider? time = null, ILogger<ClusterStore>? logger = null, int history = 4096)
    {
        this.time = time ?? TimeProvider.System;
        this.logger = logger ?? (ILogger)NullLogger.Instance;
        historyLimit = history;
        Directory.CreateDirectory(directory);
        database = new(Path.Combine(directory, "cluster.db"));
        foreach (var (type, obj) in database.ReadObjects()) objects[type][KeyOf(type, obj)] = obj;
        foreach (var change in database.ReadEvents()) events.Add(change);
        if (events.Count > 0) version = events[^1].ResourceVersion;
        if (version == 0)
            foreach (var name in Permanent.Append("kube-node-lease"))
                Create(ResourceTypes.Namespace, new() { ["metadata"] = new JsonObject { ["name"] = name } });
        StartNamespaceCleanup();
    }

    /// <summary>The version of the last change.</summary>
    public long ResourceVersion
    {
        get { lock (gate) return version; }
    }

    /// <summary>A copy of one object, or null.</summary>
    public JsonObject? Find(ResourceType type, string? ns, string name)
    {
        lock (gate) return Stored(type, ns, name)?.Copy();
    }

    /// <summary>A copy of one object.</summary>
    /// <exception cref="KubeException">404 when there is none.</exception>
    public JsonObject Get(ResourceType type, string? ns, string name) => Find(type, ns, name) ?? throw KubeException.NotFound(type, name);

    /// <summary>Copies of all objects of a type, by namespace and name; of one namespace when it is given, and of those selected alone.</summary>
    public IReadOnlyList<JsonObject> List(ResourceType type, string? ns = null, LabelSelector? selector = null) =>
        [.. Snapshot(type, ns, selector).Objects.Select(obj => obj.Copy())];

    /// <summary>The stored objects themselves, not to be changed, and the version they are of.</summary>
    internal (IReadOnlyList<JsonObject> Objects, long Version) Snapshot(ResourceType type, string? ns = null, LabelSelector? selector = null)
    {
        lock (gate)
            return ([.. from entry in objects[type]
                        where ns is null || entry.Key.Namespace == ns
                        where selector?.Matches(entry.Value.Labels) ?? true
                        select entry.Value], version);
    }

    /// <summary>Runs a read and the write that depends on it with nobody between them.</summary>
    internal T Atomically<T>(Func<T> body)
    {
        lock (gate) return body();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (gate)
        {
            if (disposed) return;
            disposed = true;
            foreach (var subscriber in subscribers.ToArray()) subscriber.Dispose();
            database.Dispose();
        }
    }

    private JsonObject? Stored(ResourceType type, string? ns, string name) =>
        objects[type].GetValueOrDefault(new(type.Namespaced ? ns ?? "" : "", name));

    private static ObjectKey KeyOf(ResourceType type, JsonObject obj) => new(type.Namespaced ? obj.Namespace ?? "" : "", obj.Name);
}
