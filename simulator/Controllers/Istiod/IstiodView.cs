using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.Serialization;

namespace Orchestrator.Simulator.Controllers;

/// <summary>One control plane as its objects show it: the Deployment, its mesh configuration and its root certificate.</summary>
/// <param name="Namespace">Its system namespace.</param>
/// <param name="Name">The name of its Deployment and of its Service.</param>
/// <param name="Revision">What <c>istio.io/rev</c> must say to mean it.</param>
/// <param name="Serves">Whether a replica is ready.</param>
/// <param name="ScopesGateways">Whether a Gateway counts in its own namespace alone.</param>
/// <param name="IsAmbient">Whether it serves waypoints.</param>
/// <param name="Root">The certificate it signs with, in PEM; null until it served for the first time.</param>
/// <param name="DiscoverySelectors">The namespaces it looks at: any of these. None means every namespace.</param>
internal sealed record IstiodView(
    string Namespace, string Name, string Revision, bool Serves, bool ScopesGateways, bool IsAmbient, string? Root,
    IReadOnlyList<LabelSelector> DiscoverySelectors)
{
    /// <summary>The label value of an istiod's objects.</summary>
    public const string App = "istiod";

    /// <summary>The Secret that keeps a control plane's root certificate.</summary>
    public const string CaSecret = "istio-ca-secret";

    /// <summary>The entry of <see cref="CaSecret"/> with the certificate.</summary>
    public const string CaCertificate = "ca-cert.pem";

    /// <summary>The environment variable that makes a Gateway count in its own namespace alone.</summary>
    private const string ScopeGateways = "PILOT_SCOPE_GATEWAY_TO_NAMESPACE";

    /// <summary>The environment variable that the profile <c>ambient</c> sets.</summary>
    private const string Ambient = "PILOT_ENABLE_AMBIENT";

    private static readonly IDeserializer Yaml = new DeserializerBuilder().Build();
    private static readonly ISerializer AsJson = new SerializerBuilder().JsonCompatible().Build();
    private static readonly ConcurrentDictionary<string, IReadOnlyList<LabelSelector>> Parsed = new();

    /// <summary>Every control plane of the cluster.</summary>
    public static IReadOnlyList<IstiodView> All(ClusterStore store) =>
        [.. store.Snapshot(ResourceTypes.Deployment).Objects.Where(IsIstiod).Select(istiod => Of(store, istiod))];

    /// <summary>The control plane behind a Service's name, or null.</summary>
    public static IstiodView? Find(ClusterStore store, string ns, string name) =>
        store.Find(ResourceTypes.Deployment, ns, name) is { } istiod && IsIstiod(istiod) ? Of(store, istiod) : null;

    public static bool IsIstiod(JsonObject deployment) => deployment.Labels?["app"].AsText() == App;

    /// <summary>Whether an object carries the mesh configuration of a control plane.</summary>
    public static bool IsMeshConfig(ResourceType type, JsonObject obj) => type == ResourceTypes.ConfigMap && obj.At("data", "mesh") is not null;

    /// <summary>Whether it looks at a namespace with these labels: only there it configures proxies and writes its root certificate.</summary>
    public bool Sees(JsonObject? namespaceLabels) =>
        DiscoverySelectors.Count == 0 || DiscoverySelectors.Any(selector => selector.Matches(namespaceLabels));

    private static IstiodView Of(ClusterStore store, JsonObject istiod)
    {
        var ns = istiod.Namespace!;
        var revision = istiod.Labels?[Istio.RevisionLabel].AsText() is { Length: > 0 } named ? named : Istio.DefaultRevision;
        var mesh = store.Find(ResourceTypes.ConfigMap, ns, MeshConfigName(revision)).At("data", "mesh").AsText() ?? "";
        JsonNode?[] environment = [.. (istiod.At("spec", "template", "spec", "containers") as JsonArray ?? [])
            .SelectMany(container => container?["env"] as JsonArray ?? [])];
        var root = store.Find(ResourceTypes.Secret, ns, CaSecret).At("data", CaCertificate).AsText();
        return new(ns, istiod.Name, revision, istiod.At("status", "readyReplicas").AsNumber() > 0, IsSet(ScopeGateways), IsSet(Ambient),
            root is null ? null : Encoding.ASCII.GetString(Convert.FromBase64String(root)), Parsed.GetOrAdd(mesh, ReadSelectors));

        bool IsSet(string name) => environment.Any(variable => variable.At("name").AsText() == name && variable.At("value").AsText() == "true");
    }

    /// <summary>The ConfigMap with a revision's mesh configuration.</summary>
    public static string MeshConfigName(string revision) => revision == Istio.DefaultRevision ? "istio" : $"istio-{revision}";

    /// <summary>A configuration that cannot be read counts as the default one, as istiod falls back to it.</summary>
    private static IReadOnlyList<LabelSelector> ReadSelectors(string mesh)
    {
        try
        {
            return JsonNode.Parse(AsJson.Serialize(Yaml.Deserialize<object>(mesh))).At("discoverySelectors") is JsonArray selectors
                ? [.. selectors.Select(LabelSelector.FromObject)] : [];
        }
        catch (Exception unreadable) when (unreadable is YamlException or JsonException or ArgumentException)
        {
            return [];
        }
    }
}
