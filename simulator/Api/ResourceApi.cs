using Microsoft.AspNetCore.Http;

namespace Orchestrator.Simulator.Api;

/// <summary>Sends a request about objects to the code of its verb.</summary>
internal sealed class ResourceApi(
    ResourceReads reads, ResourceWatches watches, ResourceWrites writes, ResourcePatches patches, ResourceDeletes deletes, PodProxy pods)
{
    public Task HandleAsync(HttpContext http, ResourceRequest request) => request switch
    {
        { Subresource: "scale", Type.HasScale: true, Verb: "get" } => reads.GetScaleAsync(http, request),
        { Subresource: "scale", Type.HasScale: true, Verb: "update" or "patch" } => patches.ScaleAsync(http, request),
        { Subresource: "proxy", Name: not null, Verb: "get" } when request.Type == ResourceTypes.Pod => pods.GetAsync(http, request),
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
