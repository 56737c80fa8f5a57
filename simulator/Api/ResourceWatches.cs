using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Orchestrator.Simulator.Api.Faulty;

namespace Orchestrator.Simulator.Api;

/// <summary>watch: a stream of events, one JSON object a line.</summary>
internal sealed class ResourceWatches(ClusterStore store, TimeProvider time, IHostApplicationLifetime lifetime)
{
    private static readonly TimeSpan BookmarkInterval = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LongestWatch = TimeSpan.FromMinutes(30);

    public async Task WatchAsync(HttpContext http, ResourceRequest request)
    {
        var options = ListOptions.From(http.Request, request.Type);
        var representation = Representation.From(http.Request, request, time);
        bool Selects(JsonObject obj) =>
            (request.Namespace is null || obj.Namespace == request.Namespace) && (request.Name is null || obj.Name == request.Name)
            && options.Labels.Matches(obj.Labels) && options.Fields.Matches(obj);

        http.Response.ContentType = "application/json";
        // Started at once, so that the client knows that it watches before anything happens.
        await http.Response.StartAsync(http.RequestAborted);
        await http.Response.BodyWriter.FlushAsync(http.RequestAborted);

        var fault = ApiFaults.Watch(http);
        using var failure = fault is { } soon ? new CancellationTokenSource(soon.After, time) : new CancellationTokenSource();
        using var timeout = new CancellationTokenSource(options.Timeout ?? LongestWatch, time);
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(
            timeout.Token, http.RequestAborted, lifetime.ApplicationStopping, fault is { Breaks: true } ? failure.Token : default);
        ClusterSubscription subscription;
        // Version 0 means any: what is there now comes as added first, as it does without a version.
        var fromNow = options.ResourceVersion is null or 0 || options.SendInitialEvents;
        JsonObject[] initial = [];
        long version;
        try
        {
            (subscription, initial, version) = store.Atomically(() =>
            {
                var (objects, current) = store.Snapshot(request.Type, request.Namespace);
                // A version of another cluster's life, e.g. after a reset: only a new list can help.
                if (options.ResourceVersion > current) throw KubeException.Expired(options.ResourceVersion.Value, current);
                return (store.Open(fromNow ? null : options.ResourceVersion), fromNow ? objects.Where(Selects).ToArray() : [], current);
            });
        }
        catch (KubeException refusal)
        {
            // Once it accepted a watch, the real server reports what is wrong as an event, too.
            await SendAsync("ERROR", refusal.ToStatus());
            return;
        }
        using (subscription)
            try
            {
                foreach (var obj in initial) await SendAsync("ADDED", representation.One(obj));
                if (options.SendInitialEvents) await SendAsync("BOOKMARK", representation.Bookmark(version, endsInitialEvents: true));
                if (!fromNow) version = options.ResourceVersion!.Value;
                while (true)
                {
                    try
                    {
                        if (!await subscription.Reader.WaitToReadAsync(ends.Token).AsTask().WaitAsync(BookmarkInterval, time, ends.Token)) break;
                    }
                    catch (TimeoutException)
                    {
                        if (options.Bookmarks) await SendAsync("BOOKMARK", representation.Bookmark(version, endsInitialEvents: false));
                    }
                    while (subscription.Reader.TryRead(out var change))
                    {
                        version = change.ResourceVersion;
                        if (change.Type == request.Type && KindFor(change, Selects) is { } kind)
                            await SendAsync(kind, representation.One(change.Object));
                    }
                }
            }
            catch (OperationCanceledException) when (fault is { Breaks: true } && failure.IsCancellationRequested)
            {
                http.Abort();
            }
            catch (OperationCanceledException) when (ends.IsCancellationRequested && !http.RequestAborted.IsCancellationRequested)
            {
                if (options.Bookmarks) await SendAsync("BOOKMARK", representation.Bookmark(version, endsInitialEvents: false));
            }
            catch (OperationCanceledException)
            {
                // The client has left.
            }

        // A silent watch swallows everything, bookmarks too, until its time is over.
        Task SendAsync(string kind, JsonObject obj) => fault is { Breaks: false } && failure.IsCancellationRequested ? Task.CompletedTask
            : http.Response.WriteNodeAsync(new JsonObject { ["type"] = kind, ["object"] = obj }, line: true);
    }

    /// <summary>What a change means to somebody who sees selected objects only; null when nothing.</summary>
    private static string? KindFor(ClusterEvent change, Func<JsonObject, bool> selects)
    {
        var (before, after) = (change.Previous is { } previous && selects(previous), selects(change.Object));
        return change.Kind switch
        {
            ClusterEventKind.Added => after ? "ADDED" : null,
            ClusterEventKind.Deleted => after || before ? "DELETED" : null,
            // Without a memory of the object before, it counts as selected: a deletion too many is harmless.
            _ when after => before || change.Previous is null ? "MODIFIED" : "ADDED",
            _ => before || change.Previous is null ? "DELETED" : null,
        };
    }
}
