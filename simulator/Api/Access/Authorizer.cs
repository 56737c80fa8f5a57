using System.Text.Json.Nodes;

namespace Orchestrator.Simulator.Api.Access;

/// <summary>Role-based access control: what Roles, ClusterRoles and their bindings allow.</summary>
internal sealed class Authorizer(ClusterStore store)
{
    /// <summary>Whether a user may do something.</summary>
    public bool Allows(User user, AccessAttributes wanted) => user.IsMaster || RulesOf(user, wanted.Namespace).Any(rule => rule.Allows(wanted));

    /// <exception cref="KubeException">403 when the user may not.</exception>
    public void Require(User user, AccessAttributes wanted)
    {
        if (!Allows(user, wanted)) throw wanted.Refuse(user);
    }

    /// <summary>The rules that hold for a user: those of the whole cluster, and of a namespace when it is given.</summary>
    public IEnumerable<PolicyRule> RulesOf(User user, string? ns)
    {
        if (user.IsMaster) return [new(["*"], ["*"], ["*"], [], []), new(["*"], [], [], [], ["*"])];
        var everywhere = store.Snapshot(ResourceTypes.ClusterRoleBinding).Objects;
        var here = ns is null ? [] : store.Snapshot(ResourceTypes.RoleBinding, ns).Objects;
        return everywhere.Concat(here).Where(binding => Binds(binding, user)).SelectMany(binding => RulesOf(binding["roleRef"], binding.Namespace));
    }

    /// <summary>The rules of the role that a <c>roleRef</c> names.</summary>
    public IEnumerable<PolicyRule> RulesOf(JsonNode? reference, string? ns)
    {
        var name = reference.At("name").AsText() ?? "";
        return (reference.At("kind").AsText() == "Role" ? store.Find(ResourceTypes.Role, ns, name)
            : store.Find(ResourceTypes.ClusterRole, null, name)) is { } role
            ? RulesOf(role) : [];
    }

    /// <summary>The rules of a role; one that aggregates has those of the ClusterRoles it selects.</summary>
    public IEnumerable<PolicyRule> RulesOf(JsonObject role)
    {
        var own = (role["rules"] as JsonArray ?? []).Select(PolicyRule.Read);
        if (role.At("aggregationRule", "clusterRoleSelectors") is not JsonArray selectors) return own;
        LabelSelector[] selected = [.. selectors.Select(LabelSelector.FromObject)];
        return store.Snapshot(ResourceTypes.ClusterRole).Objects
            .Where(other => other.Name != role.Name && selected.Any(selector => selector.Matches(other.Labels)))
            .SelectMany(other => (other["rules"] as JsonArray ?? []).Select(PolicyRule.Read)).Concat(own);
    }

    private static bool Binds(JsonObject binding, User user) =>
        (binding["subjects"] as JsonArray ?? []).Any(subject => subject.At("kind").AsText() switch
    {
        "User" => subject.At("name").AsText() == user.Name,
        "Group" => user.Groups.Contains(subject.At("name").AsText()),
        "ServiceAccount" => user.Name == User.ServiceAccount(
            subject.At("namespace").AsText() ?? binding.Namespace ?? "", subject.At("name").AsText() ?? "", "").Name,
        _ => false,
    });
}
