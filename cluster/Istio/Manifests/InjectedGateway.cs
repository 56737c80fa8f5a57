using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Domain.Tenants;

namespace Orchestrator.Cluster.Istio.Manifests;

/// <summary>An ingress gateway as a Deployment of ours, whose only container istiod's injector fills in.</summary>
internal static class InjectedGateway
{
    internal static IReadOnlyList<Manifest> Manifests(TenantSpec spec)
    {
        var name = TenantNames.Workload(spec);
        var labels = GatewayFront.Pods(spec);
        return
        [
            Of(ResourceType.ServiceAccount, new { }),

            // The gateway reads the TLS certificates of its Gateways from Secrets of its namespace.
            Of(ResourceType.Role, new
            {
                rules = new[] { new { apiGroups = new[] { "" }, resources = new[] { "secrets" }, verbs = new[] { "get", "watch", "list" } } },
            }),
            Of(ResourceType.RoleBinding, new
            {
                roleRef = new { apiGroup = ResourceType.Role.Group, kind = ResourceType.Role.Kind, name },
                subjects = new[] { new { kind = ResourceType.ServiceAccount.Kind, name, @namespace = spec.Tenant } },
            }),
            GatewayFront.OwnService(spec),
            Of(ResourceType.Deployment, new { spec = Deployment(spec, name, labels) }),
            Of(ResourceType.HorizontalPodAutoscaler, new
            {
                spec = new
                {
                    scaleTargetRef = new { apiVersion = ResourceType.Deployment.ApiVersion, kind = ResourceType.Deployment.Kind, name },
                    minReplicas = spec.Gateway.MinReplicas,
                    maxReplicas = spec.Gateway.MaxReplicas,
                    metrics = new[]
                    {
                        new { type = "Resource", resource = new { name = "cpu", target = new { type = "Utilization", averageUtilization = 80 } } },
                    },
                },
            }),
            Of(ResourceType.PodDisruptionBudget, new { spec = new { minAvailable = 1, selector = new { matchLabels = labels } } }),
        ];

        Manifest Of(ResourceType type, object body) => Manifest.Managed(
            type, spec.Tenant, name, body, labels.Select(label => (label.Key, label.Value)).Append((Ownership.TenantLabel, spec.Tenant)));
    }

    /// <remarks>No <c>replicas</c>: the autoscaler owns them. CPU is requested: the autoscaler needs it and the template brings none.</remarks>
    private static object Deployment(TenantSpec spec, string name, IReadOnlyDictionary<string, string> labels)
    {
        var podLabels = new Dictionary<string, string>(labels) { ["sidecar.istio.io/inject"] = "true", [TenantManifests.DataPlaneLabel] = "none" };
        if (spec.Revision != "default")
        {
            podLabels["istio.io/rev"] = spec.Revision;
        }

        return new
        {
            selector = new { matchLabels = labels },
            template = new
            {
                metadata = new
                {
                    labels = podLabels,
                    annotations = new Dictionary<string, string>
                    {
                        ["inject.istio.io/templates"] = "gateway",
                        ["prometheus.io/scrape"] = "true",
                        ["prometheus.io/port"] = "15020",
                        ["prometheus.io/path"] = "/stats/prometheus",
                    },
                },
                spec = new
                {
                    serviceAccountName = name,
                    terminationGracePeriodSeconds = 30,
                    securityContext = new { sysctls = new[] { new { name = "net.ipv4.ip_unprivileged_port_start", value = "0" } } },
                    containers = new[]
                    {
                        new
                        {
                            name = "istio-proxy",
                            image = "auto",
                            ports = new[] { new { containerPort = 15090, protocol = "TCP", name = "http-envoy-prom" } },
                            resources = new { requests = new { cpu = "100m", memory = "128Mi" }, limits = new { cpu = "2", memory = "1Gi" } },
                            securityContext = new
                            {
                                capabilities = new { drop = new[] { "ALL" } },
                                allowPrivilegeEscalation = false,
                                privileged = false,
                                readOnlyRootFilesystem = true,
                                runAsNonRoot = true,
                            },
                        },
                    },
                },
            },
        };
    }
}
