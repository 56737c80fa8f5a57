using System.Net;
using System.Text.Json.Nodes;

namespace Orchestrator.Cluster.Kubernetes;

/// <summary>
/// The API server refused a call; the message is the one of its <c>Status</c>, with the call in front, or who owns which field where that is why.
/// </summary>
public sealed class ResourceException(string call, HttpStatusCode statusCode, JsonObject? status, TimeSpan? retryAfter = null)
    : Exception($"{call}: {(int)statusCode} {Words(statusCode, status)}")
{
    /// <summary>The HTTP status of the answer.</summary>
    public HttpStatusCode StatusCode => statusCode;

    /// <summary>The <c>reason</c> of the <c>Status</c>, e.g. <c>AlreadyExists</c>; empty when the answer was no <c>Status</c>.</summary>
    public string Reason => status?["reason"]?.GetValue<string>() ?? "";

    /// <summary>The fields that others own, where they are why an apply was refused.</summary>
    public IReadOnlyList<FieldConflict> Conflicts { get; } = FieldConflict.Of(status);

    /// <summary>When the server wants to be asked again.</summary>
    public TimeSpan? RetryAfter => retryAfter;

    /// <summary>An object of this name is there already.</summary>
    public bool AlreadyExists => Reason == "AlreadyExists";

    /// <summary>A changed resourceVersion, or fields that another manager owns.</summary>
    public bool IsConflict => statusCode == HttpStatusCode.Conflict && !AlreadyExists;

    /// <summary>Whether the same call can never succeed as it stands (it is invalid or forbidden), so that repeating it is no use.</summary>
    public bool IsPermanent => statusCode is HttpStatusCode.BadRequest or HttpStatusCode.Forbidden or HttpStatusCode.NotFound
        or HttpStatusCode.MethodNotAllowed or HttpStatusCode.UnprocessableEntity or HttpStatusCode.UnsupportedMediaType;

    private static string Words(HttpStatusCode statusCode, JsonObject? status) => FieldConflict.Of(status) is { Count: > 0 } conflicts
        ? $"fields are owned by others: {FieldConflict.Say(conflicts)}. Take these fields out of that owner's configuration, or leave the object to it."
        : status.Text("message") ?? statusCode.ToString();
}
