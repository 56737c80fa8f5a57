using System.Buffers.Text;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Orchestrator.Simulator.Api;

/// <summary>get and list.</summary>
internal sealed class ResourceReads(ClusterStore store, TimeProvider time)
{
    public Task GetAsync(HttpContext http, ResourceRequest request) =>
        http.Response.AnswerAsync(Representation.From(http.Request, request, time).One(Find(request)));

    public Task GetScaleAsync(HttpContext http, ResourceRequest request) => http.Response.AnswerAsync(Scale.Of(Find(request)));

    public Task ListAsync(HttpContext http, ResourceRequest request)
    {
        var options = ListOptions.From(http.Request, request.Type);
        var representation = Representation.From(http.Request, request, time);
        var (objects, version) = store.Snapshot(request.Type, request.Namespace, options.Labels);
        JsonObject[] selected = [.. objects.Where(options.Fields.Matches).SkipWhile(obj => IsBefore(obj, options.Continue))];
        var page = options.Limit is { } limit && limit < selected.Length ? selected[..limit] : selected;
        var next = page.Length < selected.Length ? TokenOf(page[^1]) : null;
        return http.Response.AnswerAsync(representation.Many(page, version, next, selected.Length - page.Length));
    }

    private JsonObject Find(ResourceRequest request) => store.Get(request.Type, request.Namespace, request.Name!);

    // The place in the order, not a snapshot: a page shows the objects as they are when it is asked for.
    private static string TokenOf(JsonObject last) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(PlaceOf(last)));

    private static string PlaceOf(JsonObject obj) => $"{obj.Namespace}/{obj.Name}";

    private static bool IsBefore(JsonObject obj, string? token)
    {
        if (token is null) return false;
        if (!Base64Url.IsValid(token)) throw KubeException.BadRequest("continue key is not valid: it is what the previous page handed out");
        var (at, place) = (PlaceOf(obj).Split('/'), Encoding.UTF8.GetString(Base64Url.DecodeFromChars(token)).Split('/'));
        return string.CompareOrdinal(at[0], place[0]) is var order && (order < 0 || (order == 0 && string.CompareOrdinal(at[1], place[1]) <= 0));
    }
}
