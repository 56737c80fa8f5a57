using System.Text.Json.Nodes;

namespace Orchestrator.Simulator.Api.Access;

/// <summary>One rule of a Role or ClusterRole.</summary>
internal sealed record PolicyRule(string[] Verbs, string[] Groups, string[] Resources, string[] Names, string[] Paths)
{
    private const string All = "*";

    public static PolicyRule Read(JsonNode? rule) =>
        new(Texts(rule, "verbs"), Texts(rule, "apiGroups"), Texts(rule, "resources"), Texts(rule, "resourceNames"), Texts(rule, "nonResourceURLs"));

    public bool Allows(AccessAttributes wanted) => Covers(Verbs, wanted.Verb) && (wanted.Path is { } path
        ? Paths.Any(pattern => pattern == All || pattern == path
            || (pattern.EndsWith('*') && path.StartsWith(pattern[..^1], StringComparison.Ordinal)))
        : Covers(Groups, wanted.Group) && Resources.Any(pattern => CoversResource(pattern, wanted.Resource))
          && (Names.Length == 0 || (wanted.Name is not null && Names.Contains(wanted.Name))));

    /// <summary>Everything the rule allows, one by one; what names a wildcard is asked for as it stands.</summary>
    public IEnumerable<AccessAttributes> Expand(string? ns) =>
        (from verb in Verbs
         from grp in Groups
         from resource in Resources
         from name in Names.Length == 0 ? [null] : Names.Cast<string?>()
         select new AccessAttributes(verb, grp, resource, ns, name))
        .Concat(from verb in Verbs from path in Paths select new AccessAttributes(verb, "", "", null, null, path));

    public JsonObject ToJson()
    {
        var rule = new JsonObject { ["verbs"] = Json(Verbs) };
        if (Groups.Length > 0) rule["apiGroups"] = Json(Groups);
        if (Resources.Length > 0) rule["resources"] = Json(Resources);
        if (Names.Length > 0) rule["resourceNames"] = Json(Names);
        if (Paths.Length > 0) rule["nonResourceURLs"] = Json(Paths);
        return rule;
    }

    private static bool Covers(string[] allowed, string wanted) => allowed.Contains(All) || allowed.Contains(wanted);

    private static bool CoversResource(string pattern, string wanted) =>
        pattern == All || pattern == wanted
            || (pattern.StartsWith("*/", StringComparison.Ordinal) && wanted.EndsWith(pattern[1..], StringComparison.Ordinal));

    private static string[] Texts(JsonNode? rule, string member) => [.. (rule?[member] as JsonArray ?? []).Select(text => text.AsText() ?? "")];

    private static JsonArray Json(string[] texts) => new([.. texts.Select(text => JsonValue.Create(text))]);
}
