using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Orchestrator.Simulator.Api.Access;
using Orchestrator.Simulator.Store.Fields;

namespace Orchestrator.Simulator.Api;

/// <summary>patch in all its forms, server-side apply among them.</summary>
internal sealed class ResourcePatches(ClusterStore store, Authorizer authorizer, TimeProvider time)
{
    private const string Merge = "application/merge-patch+json", Strategic = "application/strategic-merge-patch+json",
        Apply = "application/apply-patch+yaml", Json = "application/json-patch+json";

    private string Now => time.GetUtcNow().ToKubeTime();

    public async Task PatchAsync(HttpContext http, ResourceRequest request)
    {
        var options = WriteOptions.From(http.Request);
        var body = await ReadAsync(http, request);
        if (body.MediaType == Apply && http.Request.Query["fieldManager"].ToString().Length == 0)
            throw KubeException.BadRequest("PatchOptions.meta.k8s.io \"\" is invalid: fieldManager: Required value: is required for apply patch");
        if (body.MediaType != Apply && options.Force)
            throw KubeException.BadRequest("PatchOptions.meta.k8s.io \"\" is invalid: force: Forbidden: may not be specified for non-apply patch");
        var (result, created) = store.Atomically(() => body.MediaType == Apply
            ? ApplyTo(http, request, body, options)
            : (PatchTo(http, request, body, options), false));
        await http.Response.AnswerAsync(Representation.From(http.Request, request, time).One(result),
            created ? StatusCodes.Status201Created : StatusCodes.Status200OK);
    }

    /// <summary>Updates or patches the scale subresource, which changes the number of replicas and nothing else.</summary>
    public async Task ScaleAsync(HttpContext http, ResourceRequest request)
    {
        var options = WriteOptions.From(http.Request);
        var body = request.Verb == "update"
            ? await RequestBody.ReadAsync(http.Request, RequestBody.Json, RequestBody.Yaml)
            : await RequestBody.ReadAsync(http.Request, Merge, Strategic, Json);
        var scaled = store.Atomically(() =>
        {
            var workload = store.Get(request.Type, request.Namespace, request.Name!);
            var scale = Scale.Of(workload);
            var wanted = body is null ? scale
                : body.MediaType == Json ? JsonPatch.Apply(scale, body.Content)
                : (JsonObject)MergePatch.Json(scale, body.Object)!;
            if (wanted.At("spec", "replicas").AsNumber() is not (>= 0 and var replicas))
                throw KubeException.Invalid(request.Type, request.Name!,
                    [new("FieldValueInvalid", "Invalid value: must be a number not below 0", "spec.replicas")]);
            workload["spec"]!["replicas"] = replicas;
            if (wanted.ResourceVersion != 0) workload.Metadata["resourceVersion"] = wanted.Metadata["resourceVersion"]?.DeepClone();
            return store.Update(request.Type, workload, options.DryRun, options.Manager);
        });
        await http.Response.AnswerAsync(Scale.Of(scaled));
    }

    private static async Task<RequestBody> ReadAsync(HttpContext http, ResourceRequest request) =>
        // As for real custom resources, which have no merge keys to be strategic about.
        await RequestBody.ReadAsync(http.Request, request.Type.Custom ? [Json, Merge, Apply] : [Json, Merge, Strategic, Apply])
        ?? throw KubeException.BadRequest("the request has no body: it must be the patch");

    private JsonObject PatchTo(HttpContext http, ResourceRequest request, RequestBody body, WriteOptions options)
    {
        var live = store.Get(request.Type, request.Namespace, request.Name!);
        var patched = body.MediaType switch
        {
            Merge => MergePatch.Json(live, body.Object),
            Strategic => MergePatch.Strategic(live, body.Object, MergeRules.For(request.Type)),
            _ => JsonPatch.Apply(live, body.Content),
        } as JsonObject ?? throw KubeException.BadRequest("the patch leaves no object");
        RequireIdentity(patched, request);
        Escalation.Check(authorizer, User.Of(http), request.Type, patched);
        FieldValidation.Check(http.Response, request.Type, patched, body.Duplicates, options.FieldValidation);
        return request.Subresource == "status"
            ? store.UpdateStatus(request.Type, patched, options.DryRun, (old, updated) =>
                ManagedFields.Track(request.Type, old, updated, options.Manager, "status", Now))
            : store.Update(request.Type, patched, options.DryRun, options.Manager);
    }

    private (JsonObject Result, bool Created) ApplyTo(HttpContext http, ResourceRequest request, RequestBody body, WriteOptions options)
    {
        var applied = body.Object;
        if (applied["apiVersion"] is null || applied["kind"] is null)
            throw KubeException.BadRequest("an applied object must name its apiVersion and its kind");
        ResourceWrites.RequireKind(applied, request);
        if (applied.At("metadata", "managedFields") is JsonArray { Count: > 0 })
            throw KubeException.BadRequest("metadata.managedFields must be nil");
        applied.Metadata.Remove("managedFields");
        if (applied.Name.Length == 0) applied.Metadata["name"] = request.Name;
        RequireIdentity(applied, request);
        FieldValidation.Check(http.Response, request.Type, applied, body.Duplicates, options.FieldValidation);
        // Each endpoint sees its half of the object alone.
        if (request.Subresource == "status")
            foreach (var member in applied.Select(member => member.Key).Except(["apiVersion", "kind", "metadata", "status"]).ToArray())
                applied.Remove(member);
        else if (request.Type.HasStatus) applied.Remove("status");
        if (applied.Uid.Length > 0 && store.Find(request.Type, request.Namespace, request.Name!) is null)
            throw KubeException.Conflict(request.Type, request.Name!,
                $"uid mismatch: the provided object specified uid {applied.Uid}, and no existing object was found");

        if (store.Find(request.Type, request.Namespace, request.Name!) is null)
            authorizer.Require(User.Of(http), AccessAttributes.Of(request with { Verb = "create" }));
        Escalation.Check(authorizer, User.Of(http), request.Type, applied);
        return store.Apply(request.Type, applied, options.Manager, options.Force, options.DryRun, request.Subresource);
    }

    private static void RequireIdentity(JsonObject obj, ResourceRequest request)
    {
        ResourceWrites.RequireNamespace(obj, request);
        if (obj.Name != request.Name)
            throw KubeException.BadRequest($"the name of the object ({obj.Name}) does not match the name on the URL ({request.Name})");
    }
}
