using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Orchestrator.Simulator.Api.Access;
using Orchestrator.Simulator.Store.Fields;

namespace Orchestrator.Simulator.Api;

/// <summary>create and update.</summary>
internal sealed class ResourceWrites(ClusterStore store, Authorizer authorizer, TimeProvider time)
{
    public async Task CreateAsync(HttpContext http, ResourceRequest request)
    {
        var options = WriteOptions.From(http.Request);
        var obj = await ReadAsync(http, request, options);
        RequireNamespace(obj, request);
        Escalation.Check(authorizer, User.Of(http), request.Type, obj);
        var created = store.Create(request.Type, obj, options.DryRun, options.Manager);
        await http.Response.AnswerAsync(Shown(http, request, created), StatusCodes.Status201Created);
    }

    public async Task UpdateAsync(HttpContext http, ResourceRequest request)
    {
        var options = WriteOptions.From(http.Request);
        var obj = await ReadAsync(http, request, options);
        RequireNamespace(obj, request);
        if (obj.Name != request.Name)
            throw KubeException.BadRequest($"the name of the object ({obj.Name}) does not match the name on the URL ({request.Name})");
        Escalation.Check(authorizer, User.Of(http), request.Type, obj);
        var updated = request.Subresource == "status"
            ? store.UpdateStatus(request.Type, obj, options.DryRun, (old, updated) =>
                ManagedFields.Track(request.Type, old, updated, options.Manager, "status", time.GetUtcNow().ToKubeTime()))
            : store.Update(request.Type, obj, options.DryRun, options.Manager);
        await http.Response.AnswerAsync(Shown(http, request, updated));
    }

    private JsonObject Shown(HttpContext http, ResourceRequest request, JsonObject obj) =>
        Representation.From(http.Request, request, time).One(obj);

    private static async Task<JsonObject> ReadAsync(HttpContext http, ResourceRequest request, WriteOptions options)
    {
        var body = await RequestBody.ReadAsync(http.Request, RequestBody.Json, RequestBody.Yaml)
            ?? throw KubeException.BadRequest("the request has no body: it must be the object");
        var obj = body.Object;
        RequireKind(obj, request);
        FieldValidation.Check(http.Response, request.Type, obj, body.Duplicates, options.FieldValidation);
        return obj;
    }

    /// <summary>The object must say what the URL says, or nothing.</summary>
    public static void RequireKind(JsonObject obj, ResourceRequest request)
    {
        var (apiVersion, kind) = (obj["apiVersion"].AsText(), obj["kind"].AsText());
        var expected = request.Type.ApiVersionOf(request.Version);
        if (kind is not null && kind != request.Type.Kind)
            throw KubeException.BadRequest(
                $"{kind} in version \"{apiVersion}\" cannot be handled as a {request.Type.Kind}: the URL is that of {request.Type}");
        if (apiVersion is not null && apiVersion != expected)
            throw KubeException.BadRequest($"the API version in the data ({apiVersion}) does not match the expected API version ({expected})");
    }

    /// <summary>The namespace of the URL becomes that of the object; another one in the object is an error.</summary>
    public static void RequireNamespace(JsonObject obj, ResourceRequest request)
    {
        if (!request.Type.Namespaced) return;
        if (obj.Namespace is { Length: > 0 } ns && request.Namespace is not null && ns != request.Namespace)
            throw KubeException.BadRequest(
                $"the namespace of the provided object ({ns}) does not match the namespace sent on the request ({request.Namespace})");
        if (request.Namespace is not null) obj.Metadata["namespace"] = request.Namespace;
    }
}
