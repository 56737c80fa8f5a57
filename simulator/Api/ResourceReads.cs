using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Orchestrator.Simulator.Api.Faulty;

namespace Orchestrator.Simulator.Api;

/// <summary>get and list.</summary>
internal sealed class ResourceReads(ClusterStore store, TimeProvider time)
{
    public Task GetAsync(HttpContext http, ResourceRequest request) =>
        http.Response.AnswerAsync(Representation.From(http.Request, request, time).One(ApiFaults.Behind(http) is > 0 and var behind
            ? store.SnapshotBehind(request.Type, behind).Objects.FirstOrDefault(obj => obj.Namespace == request.Namespace && obj.Name == request.Name)
                ?? throw KubeException.NotFound(request.Type, request.Name!)
            : Find(request)));

    public Task GetScaleAsync(HttpContext http, ResourceRequest request) => http.Response.AnswerAsync(Scale.Of(Find(request)));

    public Task ListAsync(HttpContext http, ResourceRequest request)
    {
        var options = ListOptions.From(http.Request, request.Type);
        var representation = Representation.From(http.Request, request, time);
        var place = ContinueToken.Read(options.Continue);
        var (objects, version) = Objects(http, request, options, place);
        JsonObject[] selected = [.. objects.Where(options.Fields.Matches).SkipWhile(obj => place?.IsAtOrAfter(obj) == true)];
        var page = options.Limit is { } limit && limit < selected.Length ? selected[..limit] : selected;
        var next = page.Length < selected.Length ? ContinueToken.After(page[^1], version).ToString() : null;
        return http.Response.AnswerAsync(representation.Many(page, version, next, selected.Length - page.Length));
    }

    /// <summary>The pages of one list are of one moment; so is what is asked for at an exact version.</summary>
    private (IReadOnlyList<JsonObject> Objects, long Version) Objects(HttpContext http, ResourceRequest request, ListOptions options,
        ContinueToken? place)
    {
        if (place is not null) return (store.SnapshotAt(request.Type, place.Version, request.Namespace, options.Labels), place.Version);
        if (ApiFaults.Behind(http) is > 0 and var behind) return store.SnapshotBehind(request.Type, behind, request.Namespace, options.Labels);
        var newest = store.Snapshot(request.Type, request.Namespace, options.Labels);
        if (options.ResourceVersion > newest.Version) throw KubeException.TooLarge(options.ResourceVersion.Value, newest.Version);
        return http.Request.Query["resourceVersionMatch"] == "Exact" && options.ResourceVersion is > 0 and var exact
            ? (store.SnapshotAt(request.Type, exact, request.Namespace, options.Labels), exact)
            : newest;
    }

    private JsonObject Find(ResourceRequest request) => store.Get(request.Type, request.Namespace, request.Name!);
}
