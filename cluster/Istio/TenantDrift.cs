using System.Text.Json;
using System.Text.Json.Nodes;
using Orchestrator.Cluster.Istio.Manifests;
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
        foreach (var manifest in Wanted(spec))
        {
            var found = await resources.GetAsync(manifest.Type, manifest.Namespace, manifest.Name, cancellationToken);
            var title = KubernetesObject.Title(manifest.Type.Kind, manifest.Namespace, manifest.Name);
            fields.AddRange(found is null or { IsTerminating: true }
                ? [new(title, "", Element(new { exists = true }), Element(new { exists = false }))]
                : FieldComparison.Compare(manifest.Object, found).Select(it => new DriftedField(title, it.Field, Element(it.Expected), Element(it.Actual))));
        }

        return [.. fields.Take(Most)];
    }

    private static IEnumerable<Manifest> Wanted(TenantSpec spec) =>
    [
        TenantManifests.LabelledNamespace(spec),
        .. PolicyManifests.Of(spec),
        .. TenantManifests.Gateway(spec),
        RouteManifests.Gateway(spec),
        .. spec.Services.SelectMany(service => new[]
        {
            // A product may bring its own Service: that it is there is all that counts.
            Only(RouteManifests.Service(spec, service)),
            Without(RouteManifests.DestinationRule(spec, service), "subsets"),
            WithoutTargets(RouteManifests.VirtualService(spec, service)),
        }),
    ];

    private static Manifest Only(Manifest manifest) =>
        manifest with { Object = new JsonObject { ["metadata"] = new JsonObject { ["name"] = manifest.Name, ["namespace"] = manifest.Namespace } } };

    private static Manifest Without(Manifest manifest, string member)
    {
        manifest.Object["spec"]!.AsObject().Remove(member);
        return manifest;
    }

    // Where the requests go is the canaries' to say.
    private static Manifest WithoutTargets(Manifest manifest)
    {
        foreach (var route in manifest.Object.Items("spec", "http"))
        {
            route!.AsObject().Remove("route");
        }

        return manifest;
    }

    private static JsonElement? Element(object? value) => value is null ? null : JsonSerializer.SerializeToElement(value);
}
