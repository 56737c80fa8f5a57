using Microsoft.AspNetCore.Http;
using Orchestrator.Simulator.Api.Access;

namespace Orchestrator.Simulator.Api;

/// <summary>Sends a request about objects to the code of its verb.</summary>
internal sealed class ResourceApi(
    ResourceReads reads, ResourceWatches watches, ResourceWrites writes, ResourcePatches patches, ResourceDeletes deletes, BackendProxy proxies,
    PodLogs logs, AccessReviews reviews, TokenRequests tokens)
{
    public Task HandleAsync(HttpContext http, ResourceRequest request) => request switch
    {
        { Type.IsReview: true } => request is { Verb: "create", Name: null } ? reviews.CreateAsync(http, request)
            : throw KubeException.MethodNotAllowed(),
        { Subresource: "token", Verb: "create" } when request.Type == ResourceTypes.ServiceAccount => tokens.CreateAsync(http, request),
        { Subresource: "scale", Type.HasScale: true, Verb: "get" } => reads.GetScaleAsync(http, request),
        { Subresource: "scale", Type.HasScale: true, Verb: "update" or "patch" } => patches.ScaleAsync(http, request),
        { Subresource: "proxy", Name: not null } when request.Type == ResourceTypes.Pod => proxies.AskPodAsync(http, request),
        { Subresource: "proxy", Name: not null } when request.Type == ResourceTypes.Service => proxies.AskServiceAsync(http, request),
        { Subresource: "log", Verb: "get" } when request.Type == ResourceTypes.Pod => logs.GetAsync(http, request),
        { Subresource: "log" or "exec" or "attach" or "portforward" or "proxy" or "eviction" } =>
            throw KubeException.NotImplemented($"{request.Type.Plural}/{request.Subresource}"),
        { Subresource: not (null or "status") } or { Subresource: "status", Type.HasStatus: false } => throw KubeException.UnknownPath(),
        { Verb: "get" } => reads.GetAsync(http, request),
        { Verb: "list", Subresource: null } => reads.ListAsync(http, request),
        { Verb: "watch", Subresource: null } => watches.WatchAsync(http, request),
        { Verb: "create", Subresource: null, Name: null } => writes.CreateAsync(http, request),
        { Verb: "update", Name: not null } => writes.UpdateAsync(http, request),
        { Verb: "patch", Name: not null } => patches.PatchAsync(http, request),
        { Verb: "delete", Subresource: null } => deletes.DeleteAsync(http, request),
        { Verb: "deletecollection", Subresource: null } => deletes.DeleteManyAsync(http, request),
        _ => throw KubeException.MethodNotAllowed(),
    };
}
