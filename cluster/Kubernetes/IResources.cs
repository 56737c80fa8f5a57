using System.Text.Json.Nodes;

namespace Orchestrator.Cluster.Kubernetes;

/// <summary>What an ensuring call did.</summary>
public enum Change { Unchanged, Created, Updated }

/// <summary>The object as it stands after an ensuring call, and what the call did.</summary>
public sealed record Applied(Change Change, JsonObject Object);

/// <summary>Reads objects of one cluster, as JSON that is the caller's to change.</summary>
public interface IResourceReader
{
    /// <summary>One object, or null when there is none.</summary>
    Task<JsonObject?> GetAsync(ResourceType type, string? ns, string name, CancellationToken cancellationToken);

    /// <summary>All objects of a kind in a namespace (in all, when null), optionally those that a label selector picks.</summary>
    Task<IReadOnlyList<JsonObject>> ListAsync(ResourceType type, string? ns, string? labelSelector, CancellationToken cancellationToken);
}

/// <summary>
/// The objects of one cluster, as JSON. Calls are limited in time, and those that may be repeated are repeated on 429 and 5xx.
/// Everything throws <see cref="ResourceException"/> when the API server refuses.
/// </summary>
public interface IResources : IResourceReader
{
    /// <summary>What the API server says of itself, its release as <c>gitVersion</c>.</summary>
    Task<JsonObject> VersionAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Server-side apply as field manager <c>orchestrator</c>, strict: for objects that are wholly ours. A field that another manager owns is a
    /// conflict (<see cref="ResourceException.IsConflict"/>) that names the owner; with <paramref name="force"/> it is taken from it.
    /// </summary>
    Task<Applied> ApplyAsync(ResourceType type, JsonObject manifest, bool force, CancellationToken cancellationToken);

    /// <summary>Server-side apply, by force, in the name of another field manager: gives back to it what was taken from it.</summary>
    Task<JsonObject> ApplyAsAsync(string manager, ResourceType type, JsonObject manifest, CancellationToken cancellationToken);

    /// <summary>Creates an object; one that exists is an error (<see cref="ResourceException.AlreadyExists"/>).</summary>
    Task<JsonObject> CreateAsync(ResourceType type, JsonObject manifest, CancellationToken cancellationToken);

    /// <summary>What would be stored if an object were created, after all that changes or refuses it on the way; nothing is stored.</summary>
    Task<JsonObject> DryRunAsync(ResourceType type, JsonObject manifest, CancellationToken cancellationToken);

    /// <summary>JSON merge patch; with <c>metadata.resourceVersion</c> in it, only if nobody wrote meanwhile.</summary>
    Task<JsonObject> PatchAsync(ResourceType type, string? ns, string name, JsonObject mergePatch, CancellationToken cancellationToken);

    /// <summary>Replaces an object; its <c>metadata.resourceVersion</c> must be the current one.</summary>
    Task<JsonObject> ReplaceAsync(ResourceType type, JsonObject manifest, CancellationToken cancellationToken);

    /// <summary>
    /// Asks for deletion of the object with this uid (any, when null); false when there is none. What it owns goes with it, or stays when it
    /// <paramref name="orphans"/> that.
    /// </summary>
    Task<bool> DeleteAsync(ResourceType type, string? ns, string name, string? uid, CancellationToken cancellationToken, bool orphans = false);

    /// <summary>
    /// The objects of a kind as they stand, and then every change, until the caller has enough: <see cref="WatchEventKind.Listing"/>, what stands,
    /// <see cref="WatchEventKind.Listed"/>, what changes; from the beginning again whenever the watch cannot be gone on with.
    /// </summary>
    /// <param name="type">The kind.</param>
    /// <param name="ns">The namespace; null for all.</param>
    /// <param name="name">The only object that is watched; null for every one.</param>
    /// <param name="cancellationToken">Ends the watch.</param>
    IAsyncEnumerable<WatchEvent> WatchAsync(ResourceType type, string? ns, string? name, CancellationToken cancellationToken);

    /// <summary>
    /// Watches one object for at most <paramref name="limit"/> and returns it as soon as <paramref name="condition"/> holds (null stands for absence);
    /// at the limit, the last state seen. The caller tests the condition again.
    /// </summary>
    Task<JsonObject?> WaitForAsync(
        ResourceType type, string? ns, string name, Func<JsonObject?, bool> condition, TimeSpan limit, CancellationToken cancellationToken);

    /// <summary>
    /// Sends a GET to a port of a pod through the API server (<c>get</c> on <c>pods/proxy</c>), once, for at most five seconds; no answer of the
    /// pod is an error. The API server passes the host on that it is asked for.
    /// </summary>
    /// <param name="ns">The pod's namespace.</param>
    /// <param name="pod">Its name.</param>
    /// <param name="port">Its port.</param>
    /// <param name="host">The host that the request names; null for the API server's own.</param>
    /// <param name="path">The path, escaped.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <param name="header">A header that the request bears, which the API server passes on as well; null for none.</param>
    Task<PodAnswer> AskPodAsync(
        string ns, string pod, int port, string? host, string path, CancellationToken cancellationToken, (string Name, string Value)? header = null);
}

/// <summary>What is asked of most resources.</summary>
public static class ResourcesExtensions
{
    /// <summary>Server-side apply without force.</summary>
    /// <inheritdoc cref="IResources.ApplyAsync"/>
    public static Task<Applied> ApplyAsync(this IResources resources, ResourceType type, JsonObject manifest, CancellationToken cancellationToken) =>
        resources.ApplyAsync(type, manifest, force: false, cancellationToken);
}
