using System.Collections.Concurrent;
using Orchestrator.Simulator.Kinds;

namespace Orchestrator.Simulator.Store.Fields;

/// <summary>The merge rules of each kind, after the markers <c>listType</c>, <c>listMapKey</c> and <c>structType</c> of the API's types.</summary>
/// <remarks>Those of kinds with a definition stand in their schema: every other list there is atomic, every map merges.</remarks>
internal static class MergeRules
{
    private const string Set = "set", Atomic = "atomic";

    private static readonly (string Path, string Rule)[] Metadata =
        [("metadata.ownerReferences", "uid"), ("metadata.finalizers", Set)];

    private static readonly (string Path, string Rule)[] PodSpec =
    [
        ("volumes", "name"), ("imagePullSecrets", "name"), ("hostAliases", "ip"), ("nodeSelector", Atomic),
        ("topologySpreadConstraints", "topologyKey,whenUnsatisfiable"), ("schedulingGates", "name"), ("resourceClaims", "name"),
        .. Container("containers"), .. Container("initContainers"), .. Container("ephemeralContainers"),
    ];

    private static readonly Dictionary<ResourceType, (string Path, string Rule)[]> Rules = new()
    {
        [ResourceTypes.Pod] = [.. Below("spec", PodSpec), ("status.conditions", "type"), ("status.podIPs", "ip")],
        [ResourceTypes.Deployment] = [("spec.selector", Atomic), .. Template(), ("status.conditions", "type")],
        [ResourceTypes.ReplicaSet] = [("spec.selector", Atomic), .. Template(), ("status.conditions", "type")],
        [ResourceTypes.Service] = [("spec.selector", Atomic), ("spec.ports", "port,protocol"), ("status.conditions", "type")],
        [ResourceTypes.ServiceAccount] = [("secrets", "name")],
        [ResourceTypes.Namespace] = [("status.conditions", "type")],
        [ResourceTypes.Node] = [("spec.podCIDRs", Set), ("status.conditions", "type"), ("status.addresses", "type")],
        [ResourceTypes.HorizontalPodAutoscaler] = [("spec.scaleTargetRef", Atomic), ("status.conditions", "type")],
        [ResourceTypes.PodDisruptionBudget] = [("spec.selector", Atomic), ("status.conditions", "type")],
        [ResourceTypes.NetworkPolicy] = [("spec.podSelector", Atomic)],
        [ResourceTypes.RoleBinding] = [("roleRef", Atomic)],
        [ResourceTypes.ClusterRoleBinding] = [("roleRef", Atomic)],
        [ResourceTypes.ClusterRole] = [("aggregationRule", Atomic)],
        [ResourceTypes.MutatingWebhookConfiguration] = [("webhooks", "name")],
        [ResourceTypes.ValidatingWebhookConfiguration] = [("webhooks", "name")],
        [ResourceTypes.CustomResourceDefinition] = [("status.conditions", "type")],
    };

    private static readonly ConcurrentDictionary<ResourceType, MergeRule> Trees = new();

    /// <summary>The rules of one kind, from its root.</summary>
    public static MergeRule For(ResourceType type) => Trees.GetOrAdd(type, Build);

    private static MergeRule Build(ResourceType type)
    {
        var root = type.Custom ? FromSchema(Schemas.Of(type)) : new MergeRule([]);
        foreach (var (path, rule) in Metadata.Concat(Rules.GetValueOrDefault(type, [])))
        {
            var members = path.Split('.');
            var node = root;
            foreach (var member in members[..^1])
            {
                if (!node.Members.TryGetValue(member, out var next)) node.Members[member] = next = new([]);
                node = next;
            }
            node.Members[members[^1]] = rule switch
            {
                Set => new([], IsSet: true),
                Atomic => new([], IsAtomic: true),
                _ => new(rule.Split(','), PatchKey: rule.Split(',')[0]),
            };
        }
        return root;
    }

    /// <summary>The rules that a definition carries; types there do not contain themselves.</summary>
    private static MergeRule FromSchema(Schema schema)
    {
        var rule = schema is Schema.ListOf list ? new MergeRule(list.Keys, IsSet: list.IsSet) : new MergeRule([]);
        if ((schema is Schema.ListOf { Keys.Length: > 0 } keyed ? keyed.Item : schema) is Schema.Struct type)
            foreach (var (name, member) in type.Members)
                rule.Members[name] = FromSchema(member.Schema);
        return rule;
    }

    private static (string, string)[] Container(string list) =>
    [
        (list, "name"), ($"{list}.env", "name"), ($"{list}.ports", "containerPort,protocol"), ($"{list}.volumeMounts", "mountPath"),
        ($"{list}.volumeDevices", "devicePath"), ($"{list}.resources.claims", "name"),
    ];

    private static (string, string)[] Template() => Below("spec.template.spec", PodSpec);

    private static (string, string)[] Below(string prefix, (string Path, string Rule)[] rules) =>
        [.. rules.Select(rule => ($"{prefix}.{rule.Path}", rule.Rule))];
}
