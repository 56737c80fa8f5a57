using System.Text.Json;
using System.Text.Json.Nodes;
using Orchestrator.Cluster.Istio.Manifests;
using Orchestrator.Cluster.Istio.Readiness;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Domain.Tenants;

namespace Orchestrator.Cluster.Istio;

/// <summary>Finds what on a cluster is not as a tenant's spec says.</summary>
public static class TenantDrift
{
    /// <summary>How many fields are told at most.</summary>
    private const int Most = 200;

    /// <summary>Every field that differs, and every object that is missing.</summary>
    public static async Task<IReadOnlyList<DriftedField>> FindAsync(IResources resources, TenantSpec spec, CancellationToken cancellationToken)
    {
        List<DriftedField> fields = [];
        foreach (var manifest in await WantedAsync(resources, spec, cancellationToken))
        {
            var found = await resources.GetAsync(manifest.Type, manifest.Namespace, manifest.Name, cancellationToken);
            var title = KubernetesObject.Title(manifest.Type.Kind, manifest.Namespace, manifest.Name);
            fields.AddRange(found is null or { IsTerminating: true }
                ? [new(title, "", Element(new { exists = true }), Element(new { exists = false }))]
                : FieldComparison.Compare(manifest.Object, Seen(manifest, found)).Select(it => new DriftedField(title, it.Field, Element(it.Expected), Element(it.Actual))));
        }

        return [.. fields.Take(Most)];
    }

    private static async Task<IEnumerable<Manifest>> ControlPlaneAsync(IResources resources, TenantSpec spec, CancellationToken cancellationToken)
    {
        if (spec.Isolation is not Isolation.Dedicated)
        {
            return [];
        }

        var mesh = DedicatedMesh.Of(spec);
        mesh = mesh with { Provider = await new Operators(resources).FindAsync(mesh, cancellationToken) };
        return [MeshManifests.Namespace(mesh), MeshManifests.ControlPlane(mesh)];
    }

    private static async Task<IReadOnlyList<Manifest>> WantedAsync(IResources resources, TenantSpec spec, CancellationToken cancellationToken)
    {
        List<Manifest> wanted =
        [
            .. await ControlPlaneAsync(resources, spec, cancellationToken),
            TenantManifests.LabelledNamespace(spec), .. PolicyManifests.Of(spec), .. TenantManifests.Waypoint(spec), .. TenantManifests.Gateway(spec), .. RouteManifests.Entry(spec),
        ];
        foreach (var service in spec.Services)
        {
            // A product may bring its own Service: that it is there is all that counts.
            wanted.Add(Only(RouteManifests.Service(spec, service)));
            if (spec.Gateway.Mode is GatewayMode.GatewayApi)
            {
                var route = await resources.GetAsync(ResourceType.HttpRoute, spec.Tenant, service.Name, cancellationToken);
                var versions = HttpRouteRules.Versions(route, service.Name);
                wanted.AddRange((versions.Count > 0 ? versions : [service.Stable])
                    .Select(version => RouteManifests.VersionService(spec, service with { Stable = version })));
                wanted.Add(WithoutTargets(RouteManifests.HttpRoute(spec, service), "rules", "backendRefs"));
            }
            else
            {
                wanted.Add(Without(RouteManifests.DestinationRule(spec, service), "subsets"));
                wanted.Add(WithoutTargets(RouteManifests.VirtualService(spec, service), "http", "route"));
            }
        }

        return wanted;
    }

    /// <summary>An HTTPRoute as it is to be compared: the rule that serves alone, since rules have no names by which they could be told apart.</summary>
    private static JsonObject Seen(Manifest wanted, JsonObject found)
    {
        if (wanted.Type != ResourceType.HttpRoute)
        {
            return found;
        }

        wanted.Object["spec"]!["hostnames"] ??= new JsonArray();
        var seen = found.DeepClone().AsObject();
        seen["spec"]!["rules"] = new JsonArray([.. HttpRouteRules.Serving(found, found.Name).Select(rule => rule.DeepClone())]);
        return seen;
    }

    private static Manifest Only(Manifest manifest) =>
        manifest with { Object = new JsonObject { ["metadata"] = new JsonObject { ["name"] = manifest.Name, ["namespace"] = manifest.Namespace } } };

    private static Manifest Without(Manifest manifest, string member)
    {
        manifest.Object["spec"]!.AsObject().Remove(member);
        return manifest;
    }

    // Where the requests go is the canaries' to say.
    private static Manifest WithoutTargets(Manifest manifest, string routes, string targets)
    {
        foreach (var route in manifest.Object.Items("spec", routes))
        {
            route!.AsObject().Remove(targets);
        }

        return manifest;
    }

    private static JsonElement? Element(object? value) => value is null ? null : JsonSerializer.SerializeToElement(value);
}
