using System.Text.Json.Nodes;

namespace Orchestrator.Simulator;

/// <summary>One reason of a refusal, as in <c>status.details.causes</c>.</summary>
/// <param name="Reason">A word for programs, e.g. <c>FieldValueInvalid</c>.</param>
/// <param name="Message">A sentence for people.</param>
/// <param name="Field">The field meant, e.g. <c>spec.ports[0].nodePort</c>.</param>
public sealed record KubeCause(string Reason, string Message, string Field);

/// <summary>A refusal of the API server: becomes a <c>Status</c> with the same code on the wire.</summary>
/// <remarks>Reasons and wording follow <c>k8s.io/apimachinery/pkg/api/errors</c>, because clients match on them.</remarks>
public sealed class KubeException(int code, string reason, string message) : Exception(message)
{
    /// <summary>HTTP status code.</summary>
    public int Code { get; } = code;

    /// <summary>The machine word, e.g. <c>AlreadyExists</c>.</summary>
    public string Reason { get; } = reason;

    /// <summary>The type of the object meant, where there is one.</summary>
    public ResourceType? Type { get; init; }

    /// <summary>The name of the object meant, where there is one.</summary>
    public string? Name { get; init; }

    /// <summary>What exactly is wrong, field by field.</summary>
    public IReadOnlyList<KubeCause> Causes { get; init; } = [];

    /// <summary>After how many seconds to try again; goes to the <c>Retry-After</c> header too.</summary>
    public int? RetryAfterSeconds { get; init; }

    public static KubeException NotFound(ResourceType type, string name) =>
        new(404, "NotFound", $"{type.QualifiedName} \"{name}\" not found") { Type = type, Name = name };

    public static KubeException AlreadyExists(ResourceType type, string name) =>
        new(409, "AlreadyExists", $"{type.QualifiedName} \"{name}\" already exists") { Type = type, Name = name };

    public static KubeException Conflict(ResourceType type, string name, string why) =>
        new(409, "Conflict", $"Operation cannot be fulfilled on {type.QualifiedName} \"{name}\": {why}") { Type = type, Name = name };

    public static KubeException Invalid(ResourceType type, string name, IReadOnlyList<KubeCause> causes)
    {
        var texts = causes.Select(cause => $"{cause.Field}: {cause.Message}").ToArray();
        var kind = type.Group.Length == 0 ? type.Kind : $"{type.Kind}.{type.Group}";
        return new(422, "Invalid", $"{kind} \"{name}\" is invalid: {(texts.Length == 1 ? texts[0] : $"[{string.Join(", ", texts)}]")}")
        { Type = type, Name = name, Causes = causes };
    }

    public static KubeException Forbidden(ResourceType type, string name, string why, params KubeCause[] causes) =>
        new(403, "Forbidden", $"{type.QualifiedName} \"{name}\" is forbidden: {why}") { Type = type, Name = name, Causes = causes };

    public static KubeException BadRequest(string message) => new(400, "BadRequest", message);

    public static KubeException Unauthorized() => new(401, "Unauthorized", "Unauthorized");

    public static KubeException UnknownPath() => new(404, "NotFound", "the server could not find the requested resource");

    public static KubeException MethodNotAllowed() =>
        new(405, "MethodNotAllowed", "the server does not allow this method on the requested resource");

    public static KubeException NotImplemented(string what) => new(501, "NotImplemented", $"the simulated cluster does not implement {what}");

    public static KubeException UnsupportedMediaType(string sent, params string[] accepted) =>
        new(415, "UnsupportedMediaType",
            $"the body of the request was in an unknown format ({sent}) - accepted media types include: {string.Join(", ", accepted)}");

    /// <summary>The history needed to go on from this version is gone: list again.</summary>
    public static KubeException Expired(long version, long oldest) => new(410, "Expired", $"too old resource version: {version} ({oldest})");

    /// <summary>A version the cluster has not reached, e.g. one of before a reset.</summary>
    public static KubeException TooLarge(long version, long current) =>
        new(504, "Timeout", $"Too large resource version: {version}, current: {current}")
        {
            RetryAfterSeconds = 1,
            Causes = [new("ResourceVersionTooLarge", "Too large resource version", "")],
        };

    public static KubeException TooManyRequests(int retryAfterSeconds) =>
        new(429, "TooManyRequests", "the server has received too many requests and has asked us to try again later")
        { RetryAfterSeconds = retryAfterSeconds };

    public static KubeException InternalError(string message) => new(500, "InternalError", $"Internal error occurred: {message}");

    /// <summary>The body of kind <c>Status</c>.</summary>
    public JsonObject ToStatus()
    {
        var status = new JsonObject
        {
            ["kind"] = "Status",
            ["apiVersion"] = "v1",
            ["metadata"] = new JsonObject(),
            ["status"] = "Failure",
            ["message"] = Message,
            ["reason"] = Reason,
        };
        var details = new JsonObject();
        if (Name is not null) details["name"] = Name;
        if (Type is { Group.Length: > 0 }) details["group"] = Type.Group;
        // Upstream fills "kind" with the resource's plural, except for Invalid.
        if (Type is not null) details["kind"] = Code == 422 ? Type.Kind : Type.Plural;
        if (Causes.Count > 0)
            details["causes"] = new JsonArray([.. Causes.Select(cause =>
                new JsonObject { ["reason"] = cause.Reason, ["message"] = cause.Message, ["field"] = cause.Field })]);
        if (RetryAfterSeconds is { } seconds) details["retryAfterSeconds"] = seconds;
        if (details.Count > 0) status["details"] = details;
        status["code"] = Code;
        return status;
    }
}
