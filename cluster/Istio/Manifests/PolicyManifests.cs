using k8s.Models;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Domain.Tenants;

namespace Orchestrator.Cluster.Istio.Manifests;

/// <summary>The objects that keep a tenant apart from the others.</summary>
public static class PolicyManifests
{
    /// <summary>The namespace from which Prometheus reads the metrics of pods.</summary>
    private const string Monitoring = "monitoring";

    /// <summary>The port at which a gateway tells whether it is ready.</summary>
    private const int StatusPort = 15021;

    /// <summary>The policies, in the order in which they are written: what admits before what refuses the rest.</summary>
    public static IReadOnlyList<Manifest> Of(TenantSpec spec) => [.. Mesh(spec), .. Network(spec), .. Resources(spec), .. People(spec)];

    /// <summary>The objects that a tenant has had and shall have no longer.</summary>
    public static IReadOnlyList<Manifest> Retired(TenantSpec spec, TenantSpec previous)
    {
        var kept = Of(spec).Select(manifest => (manifest.Type, manifest.Name)).ToHashSet();
        return [.. Of(previous).Where(manifest => !kept.Contains((manifest.Type, manifest.Name)))];
    }

    private static IEnumerable<Manifest> Mesh(TenantSpec spec)
    {
        var policies = spec.Policies;
        if (!spec.IsAmbient)
        {
            yield return Manifest(spec, ResourceType.Sidecar, "default", new
            {
                spec = new { egress = new[] { new { hosts = policies.SidecarEgress } } },
            });
        }

        yield return Manifest(spec, ResourceType.PeerAuthentication, "default", new
        {
            spec = new { mtls = new { mode = policies.Mtls.ToString().ToUpperInvariant() } },
        });
        if (policies.Mtls is not MutualTls.Strict)
        {
            yield break;
        }

        // Those who come from outside have no certificate, and the policy of the namespace would refuse them at the gateway too.
        yield return Manifest(spec, ResourceType.AuthorizationPolicy, "gateway-open", new
        {
            spec = new
            {
                selector = new { matchLabels = GatewayLabels(spec) },
                action = "ALLOW",
                rules = new[]
                {
                    new { to = new[] { new { operation = new { ports = TargetPorts(spec).Select(port => $"{port}") } } } },
                },
            },
        });
        yield return Manifest(spec, ResourceType.AuthorizationPolicy, "same-namespace", new { spec = SameNamespace(null) });

        // To the pods whoever comes by the waypoint is the waypoint, which is of their namespace; and a policy of the namespace is none of waypoints.
        if (spec.IsAmbient)
        {
            var (group, kind) = (ResourceType.KubernetesGateway.Group, ResourceType.KubernetesGateway.Kind);
            yield return Manifest(spec, ResourceType.AuthorizationPolicy, "waypoint-same-namespace", new
            {
                spec = SameNamespace([new { group, kind, name = TenantNames.Waypoint }]),
            });
        }

        object SameNamespace(object[]? targetRefs) => new
        {
            targetRefs,
            action = "ALLOW",
            rules = new[] { new { from = new[] { new { source = new { namespaces = new[] { spec.Tenant } } } } } },
        };
    }

    private static IEnumerable<Manifest> Network(TenantSpec spec)
    {
        if (!spec.Policies.NetworkPolicy)
        {
            yield break;
        }

        string[] policyTypes = ["Ingress"];
        yield return Manifest(spec, ResourceType.NetworkPolicy, "gateway-ingress", new
        {
            spec = new
            {
                podSelector = new { matchLabels = GatewayLabels(spec) },
                policyTypes,
                ingress = new[]
                {
                    new
                    {
                        ports = TargetPorts(spec).Append(StatusPort).Distinct().Select(port => new { port, protocol = "TCP" }),
                    },
                },
            },
        });
        yield return Manifest(spec, ResourceType.NetworkPolicy, "default-deny-ingress", new
        {
            spec = new
            {
                podSelector = new { },
                policyTypes,
                ingress = new[]
                {
                    new { from = (object[])[new { podSelector = new { } }, From(spec.SystemNamespace), From(Monitoring), .. Probes(spec)] },
                },
            },
        });
    }

    private static IEnumerable<Manifest> Resources(TenantSpec spec)
    {
        if (spec.Policies.Quota is { Count: > 0 } quota)
        {
            yield return Manifest(spec, ResourceType.ResourceQuota, "tenant", new { spec = new { hard = Canonical(quota) } });
        }

        if (spec.Policies.Limits is { } limits)
        {
            yield return Manifest(spec, ResourceType.LimitRange, "tenant", new
            {
                spec = new
                {
                    limits = new[]
                    {
                        new
                        {
                            type = "Container",
                            @default = Canonical(limits.Default),
                            defaultRequest = Canonical(limits.DefaultRequest),
                            min = Canonical(limits.Min),
                            max = Canonical(limits.Max),
                        },
                    },
                },
            });
        }
    }

    private static IEnumerable<Manifest> People(TenantSpec spec)
    {
        if (spec.Policies.Admins is { Count: > 0 } admins)
        {
            var group = ResourceType.RoleBinding.Group;
            yield return Manifest(spec, ResourceType.RoleBinding, "tenant-admins", new
            {
                roleRef = new { apiGroup = group, kind = "ClusterRole", name = Ownership.AdminRole },
                subjects = admins.Select(admin => admin.Split(':', 2)).Select(admin => new
                {
                    apiGroup = group,
                    kind = admin[0] == "group" ? "Group" : "User",
                    name = admin[1],
                }),
            });
        }
    }

    private static Dictionary<string, string> GatewayLabels(TenantSpec spec) => new() { ["istio"] = TenantNames.IngressLabel(spec.Tenant) };

    private static IEnumerable<int> TargetPorts(TenantSpec spec) => spec.Gateway.Service.Ports.Select(port => port.TargetPort).Distinct();

    /// <summary>In ambient the probes of a pod come from this address and no node's, so that they are told from requests.</summary>
    private static IEnumerable<object> Probes(TenantSpec spec) => spec.IsAmbient ? [new { ipBlock = new { cidr = "169.254.7.127/32" } }] : [];

    private static object From(string ns) =>
        new { namespaceSelector = new { matchLabels = new Dictionary<string, string> { ["kubernetes.io/metadata.name"] = ns } } };

    /// <summary>Quantities as the API server writes them, so that what it stores is what was applied; null for none.</summary>
    private static Dictionary<string, string>? Canonical(IReadOnlyDictionary<string, string> quantities) => quantities.Count == 0
        ? null
        : quantities.ToDictionary(entry => entry.Key, entry => new ResourceQuantity(entry.Value).CanonicalizeString());

    private static Manifest Manifest(TenantSpec spec, ResourceType type, string name, object body) => Kubernetes.Manifest.Managed(
        type, spec.Tenant, name, body, (Ownership.TenantLabel, spec.Tenant), ("app.kubernetes.io/component", "policy"));
}
