using System.Net;
using System.Text.Json.Nodes;

namespace Orchestrator.Cluster.Kubernetes;

/// <summary>The API server refused a call; the message is the one of its <c>Status</c>, with the call in front.</summary>
public sealed class ResourceException(string call, HttpStatusCode statusCode, JsonObject? status, TimeSpan? retryAfter = null)
    : Exception($"{call}: {(int)statusCode} {status?["message"]?.GetValue<string>() ?? statusCode.ToString()}")
{
    /// <summary>The HTTP status of the answer.</summary>
    public HttpStatusCode StatusCode => statusCode;

    /// <summary>The <c>reason</c> of the <c>Status</c>, e.g. <c>AlreadyExists</c>; empty when the answer was no <c>Status</c>.</summary>
    public string Reason => status?["reason"]?.GetValue<string>() ?? "";

    /// <summary>When the server wants to be asked again.</summary>
    public TimeSpan? RetryAfter => retryAfter;

    /// <summary>An object of this name is there already.</summary>
    public bool AlreadyExists => Reason == "AlreadyExists";

    /// <summary>A changed resourceVersion, or fields that another manager owns.</summary>
    public bool IsConflict => statusCode == HttpStatusCode.Conflict && !AlreadyExists;

    /// <summary>Whether the same call can never succeed as it stands (it is invalid or forbidden), so that repeating it is no use.</summary>
    public bool IsPermanent => statusCode is HttpStatusCode.BadRequest or HttpStatusCode.Forbidden or HttpStatusCode.NotFound
        or HttpStatusCode.MethodNotAllowed or HttpStatusCode.UnprocessableEntity or HttpStatusCode.UnsupportedMediaType;
}
