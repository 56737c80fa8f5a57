using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Orchestrator.Simulator.Api.Access;

/// <summary>The kinds that are questions: who am I, what may I, what may somebody. Nothing is stored.</summary>
internal sealed class AccessReviews(Authorizer authorizer)
{
    public async Task CreateAsync(HttpContext http, ResourceRequest request)
    {
        var body = await RequestBody.ReadAsync(http.Request, RequestBody.Json, RequestBody.Yaml)
            ?? throw KubeException.BadRequest("the request has no body: it must be the object");
        var review = body.Object;
        ResourceWrites.RequireKind(review, request);
        review["apiVersion"] = request.Type.ApiVersion;
        review["kind"] = request.Type.Kind;
        _ = review.Metadata;
        review["status"] = Answer(request, User.Of(http), review["spec"]);
        await http.Response.AnswerAsync(review, StatusCodes.Status201Created);
    }

    private JsonObject Answer(ResourceRequest request, User user, JsonNode? spec)
    {
        if (request.Type == ResourceTypes.SelfSubjectReview)
            return new() { ["userInfo"] = new JsonObject { ["username"] = user.Name, ["uid"] = user.Uid, ["groups"] = Texts(user.Groups) } };
        if (request.Type == ResourceTypes.SelfSubjectRulesReview) return Rules(user, spec.At("namespace").AsText());
        if (request.Type != ResourceTypes.SelfSubjectAccessReview)
            user = new(spec.At("user").AsText() ?? "", [.. (spec.At("groups") as JsonArray ?? []).Select(group => group.AsText() ?? "")]);
        var allowed = authorizer.Allows(user, Read(spec, request.Namespace));
        var status = new JsonObject { ["allowed"] = allowed };
        if (allowed) status["reason"] = user.IsMaster ? "" : "RBAC: allowed by a role that is bound to the user";
        return status;
    }

    private static AccessAttributes Read(JsonNode? spec, string? ns)
    {
        if (spec.At("nonResourceAttributes") is { } path) return new(Text(path, "verb"), "", "", null, null, Text(path, "path"));
        if (spec.At("resourceAttributes") is not { } resource)
            throw KubeException.BadRequest("spec.resourceAttributes: Invalid value: null: "
                + "exactly one of nonResourceAttributes or resourceAttributes must be specified");
        var subresource = Text(resource, "subresource");
        return new(Text(resource, "verb"), Text(resource, "group"), Text(resource, "resource") + (subresource.Length > 0 ? $"/{subresource}" : ""),
            Text(resource, "namespace") is { Length: > 0 } named ? named : ns, Text(resource, "name") is { Length: > 0 } name ? name : null);
    }

    private JsonObject Rules(User user, string? ns)
    {
        var rules = authorizer.RulesOf(user, ns).ToArray();
        return new()
        {
            ["resourceRules"] = new JsonArray([.. rules.Where(rule => rule.Resources.Length > 0).Select(rule => rule.ToJson())]),
            ["nonResourceRules"] = new JsonArray([.. rules.Where(rule => rule.Paths.Length > 0).Select(rule => rule.ToJson())]),
            ["incomplete"] = false,
        };
    }

    private static string Text(JsonNode node, string member) => node.At(member).AsText() ?? "";

    private static JsonArray Texts(IEnumerable<string> texts) => new([.. texts.Select(text => JsonValue.Create(text))]);
}
