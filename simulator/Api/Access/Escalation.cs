using System.Text.Json.Nodes;

namespace Orchestrator.Simulator.Api.Access;

/// <summary>Nobody may hand out what he has not: who writes a role needs all of it, or the verb <c>escalate</c>; who binds one, or
/// <c>bind</c>.</summary>
internal static class Escalation
{
    /// <param name="authorizer">Who knows.</param>
    /// <param name="user">Who writes.</param>
    /// <param name="type">The kind written.</param>
    /// <param name="obj">The object as it shall be.</param>
    /// <exception cref="KubeException">403 naming the rules that the user does not have.</exception>
    public static void Check(Authorizer authorizer, User user, ResourceType type, JsonObject obj)
    {
        if (user.IsMaster) return;
        var ns = obj.Namespace;
        if (type == ResourceTypes.Role || type == ResourceTypes.ClusterRole)
        {
            if (!May("escalate", type, ns, obj.Name)) RequireAll(obj.Name, authorizer.RulesOf(obj));
        }
        else if (type == ResourceTypes.RoleBinding || type == ResourceTypes.ClusterRoleBinding)
        {
            var role = obj.At("roleRef", "kind").AsText() == "Role" ? ResourceTypes.Role : ResourceTypes.ClusterRole;
            if (!May("bind", role, ns, obj.At("roleRef", "name").AsText() ?? "")) RequireAll(obj.Name, authorizer.RulesOf(obj["roleRef"], ns));
        }

        bool May(string verb, ResourceType of, string? place, string name) => authorizer.Allows(user, new(verb, of.Group, of.Plural, place, name));

        void RequireAll(string name, IEnumerable<PolicyRule> rules)
        {
            var missing = rules.Where(rule => rule.Expand(ns).Any(wanted => !authorizer.Allows(user, wanted)))
                .Select(rule => rule.ToJson().ToJsonString()).ToArray();
            if (missing.Length > 0)
                throw KubeException.Forbidden(type, name,
                    $"user \"{user.Name}\" (groups={new JsonArray([.. user.Groups.Select(group => JsonValue.Create(group))]).ToJsonString()}) "
                    + $"is attempting to grant RBAC permissions not currently held:\n{string.Join("\n", missing)}");
        }
    }
}
