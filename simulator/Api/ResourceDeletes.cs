using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Orchestrator.Simulator.Controllers;

namespace Orchestrator.Simulator.Api;

/// <summary>delete and deletecollection.</summary>
internal sealed class ResourceDeletes(ClusterStore store, TimeProvider time)
{
    public async Task DeleteAsync(HttpContext http, ResourceRequest request)
    {
        var options = await ReadOptionsAsync(http);
        var (obj, remains) = store.Atomically(() =>
        {
            var live = store.Get(request.Type, request.Namespace, request.Name!);
            Require("UID", options.At("preconditions", "uid").AsText(), live.Uid, request);
            Require("ResourceVersion", options.At("preconditions", "resourceVersion").AsText(), live.Metadata["resourceVersion"].AsText(), request);
            if (Policy(http, options) == "Orphan" && !IsDryRun(http, options)) Orphan(live);
            return store.Delete(request.Type, request.Namespace, request.Name!, IsDryRun(http, options));
        });
        // What still exists is shown; of what is gone, the real server shows pods and the like, and a Status for the rest.
        await http.Response.AnswerAsync(remains || request.Type == ResourceTypes.Pod
            ? Representation.From(http.Request, request, time).One(obj)
            : Success(request, obj));
    }

    public async Task DeleteManyAsync(HttpContext http, ResourceRequest request)
    {
        var options = await ReadOptionsAsync(http);
        var selection = ListOptions.From(http.Request, request.Type);
        var deleted = store.Atomically(() => store.Snapshot(request.Type, request.Namespace, selection.Labels).Objects
            .Where(selection.Fields.Matches)
            .Select(obj => store.Delete(request.Type, obj.Namespace, obj.Name, IsDryRun(http, options)).Object).ToArray());
        await http.Response.AnswerAsync(Representation.From(http.Request, request, time).Many(deleted, store.ResourceVersion, null, 0));
    }

    private static async Task<JsonObject> ReadOptionsAsync(HttpContext http)
    {
        var options = (await RequestBody.ReadAsync(http.Request, RequestBody.Json, RequestBody.Yaml))?.Object ?? [];
        var policy = Policy(http, options);
        if (policy is not ("" or "Orphan" or "Background" or "Foreground"))
            throw KubeException.BadRequest($"invalid propagationPolicy \"{policy}\": supported values are Background, Foreground, Orphan");
        return options;
    }

    private static string Policy(HttpContext http, JsonObject options) =>
        options["propagationPolicy"].AsText() ?? http.Request.Query["propagationPolicy"].ToString();

    /// <summary>What an object owns has no owner any more, and is not collected.</summary>
    private void Orphan(JsonObject owner)
    {
        foreach (var type in ResourceTypes.All)
            foreach (var owned in store.Snapshot(type, owner.Namespace).Objects.Where(obj => obj.Owners.Any(one => one["uid"].AsText() == owner.Uid)).ToArray())
            {
                var freed = owned.Copy();
                var kept = freed.Owners.Where(one => one["uid"].AsText() != owner.Uid).Select(one => one.DeepClone()).ToArray();
                freed.Metadata["ownerReferences"] = new JsonArray(kept);
                store.Update(type, freed);
            }
    }

    private static bool IsDryRun(HttpContext http, JsonObject options) =>
        http.Request.Query["dryRun"].ToString() == "All" || (options["dryRun"] as JsonArray)?.Any(value => value.AsText() == "All") == true;

    private static void Require(string what, string? expected, string? actual, ResourceRequest request)
    {
        if (expected is not null && expected != actual)
            throw KubeException.Conflict(request.Type, request.Name!,
                $"Precondition failed: {what} in precondition: {expected}, {what} in object meta: {actual}");
    }

    private static JsonObject Success(ResourceRequest request, JsonObject obj)
    {
        var details = new JsonObject { ["name"] = obj.Name, ["kind"] = request.Type.Plural, ["uid"] = obj.Uid };
        if (request.Type.Group.Length > 0) details["group"] = request.Type.Group;
        return new()
        {
            ["kind"] = "Status",
            ["apiVersion"] = "v1",
            ["metadata"] = new JsonObject(),
            ["status"] = "Success",
            ["details"] = details,
        };
    }
}
