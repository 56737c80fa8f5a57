using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Orchestrator.Simulator.Store.Fields;

namespace Orchestrator.Simulator.Api.Faulty;

/// <summary>Does to a request what the fault that meets it says.</summary>
internal sealed class ApiFaults(Faults faults, ClusterStore store, TimeProvider time)
{
    private static readonly object Item = new();

    /// <param name="http">The request.</param>
    /// <param name="request">What it asks for.</param>
    /// <param name="handle">Does as asked.</param>
    public async Task HandleAsync(HttpContext http, ResourceRequest request, Func<Task> handle)
    {
        var name = request.Name ?? FieldSelector.Parse(http.Request.Query["fieldSelector"], request.Type).Name;
        var fault = faults.TakeApiFault(request.Verb, request.Type.Plural, request.Namespace, name);
        switch (fault?.Effect)
        {
            case ApiFaultEffect.Refuse:
                throw Refusal(fault, request);
            case ApiFaultEffect.Conflict:
                await ConflictAsync(http, request, fault, handle);
                break;
            case ApiFaultEffect.Delay:
                await Task.Delay(fault.DelayMs, http.RequestAborted);
                await handle();
                break;
            case ApiFaultEffect.LoseAnswer:
                await LoseAnswerAsync(http, fault, handle);
                break;
            case ApiFaultEffect.ForeignWrite:
                WriteFirst(request, fault);
                await handle();
                break;
            default:
                // What reads and watches do wrong, they do themselves.
                http.Items[Item] = fault;
                await handle();
                break;
        }
    }

    /// <summary>How many changes a read lags behind; 0 when none.</summary>
    public static int Behind(HttpContext http) => http.Items[Item] is ApiFault { Effect: ApiFaultEffect.Stale } fault ? fault.Behind : 0;

    /// <summary>When a watch fails, and whether its connection breaks then or stays, silent; null when it does not.</summary>
    public static (TimeSpan After, bool Breaks)? Watch(HttpContext http) =>
        http.Items[Item] is ApiFault { Effect: ApiFaultEffect.DropWatch or ApiFaultEffect.SilenceWatch } fault
            ? (TimeSpan.FromMilliseconds(fault.DelayMs), fault.Effect == ApiFaultEffect.DropWatch) : null;

    private static KubeException Refusal(ApiFault fault, ResourceRequest request) => fault.Status switch
    {
        429 => KubeException.TooManyRequests(fault.RetryAfterSeconds ?? 1),
        409 => TooLate(request),
        503 => new(503, "ServiceUnavailable", "the server is currently unable to handle the request"),
        504 => new(504, "Timeout", "Timeout: request did not complete within the allotted timeout"),
        _ => KubeException.InternalError($"a fault set at /simulator/faults/api/{request.Verb}/{request.Type.Plural}"),
    };

    private static KubeException TooLate(ResourceRequest request) => KubeException.Conflict(request.Type, request.Name ?? "",
        "the object has been modified; please apply your changes to the latest version and try again");

    private async Task ConflictAsync(HttpContext http, ResourceRequest request, ApiFault fault, Func<Task> handle)
    {
        if (request.Verb is not ("update" or "patch"))
        {
            await handle();
            return;
        }

        var isApply = http.Request.ContentType?.StartsWith("application/apply-patch", StringComparison.Ordinal) == true;
        if (!isApply) throw TooLate(request);
        if (http.Request.Query["force"].ToString() is "true" or "1")
        {
            await handle();
            return;
        }

        var body = await RequestBody.ReadAsync(http.Request, http.Request.ContentType!.Split(';')[0]);
        var fields = ManagedFields.Owned(FieldSets.Of(body?.Object ?? [], MergeRules.For(request.Type)));
        var now = time.GetUtcNow().ToKubeTime();
        var stranger = new ManagedFieldsEntry(fault.Manager, ManagedFieldsEntry.Update, request.Type.ApiVersion, now, null, fields);
        ServerSideApply.RefuseConflicts(request.Type, request.Name ?? "", [stranger], fields);
        await handle();
    }

    /// <summary>A real write with its own entry in <c>managedFields</c>; it changes an annotation alone, so that no kind refuses it.</summary>
    private void WriteFirst(ResourceRequest request, ApiFault fault)
    {
        if (request.Name is null || store.Find(request.Type, request.Namespace, request.Name) is not { } live) return;
        if (live.Metadata["annotations"] is not JsonObject annotations) live.Metadata["annotations"] = annotations = [];
        annotations["simulator/foreign-write"] = $"{live.ResourceVersion}";
        store.Update(request.Type, live, dryRun: false, fault.Manager);
    }

    private static async Task LoseAnswerAsync(HttpContext http, ApiFault fault, Func<Task> handle)
    {
        var connection = http.Features.Get<IHttpResponseBodyFeature>();
        http.Features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(Stream.Null));
        try
        {
            await handle();
            await Task.Delay(fault.DelayMs, http.RequestAborted);
        }
        finally
        {
            http.Features.Set(connection);
            http.Abort();
        }
    }
}
