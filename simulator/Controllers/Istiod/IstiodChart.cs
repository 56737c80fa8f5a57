using System.Text.Json.Nodes;
using YamlDotNet.Serialization;
using static Orchestrator.Simulator.Controllers.ChartObjects;

namespace Orchestrator.Simulator.Controllers;

/// <summary>What somebody who installs a control plane asks for.</summary>
/// <param name="Namespace">The system namespace.</param>
/// <param name="Revision">The revision; <c>default</c> for the one without a suffix.</param>
/// <param name="Version">Istio's version, e.g. <c>1.30.3</c>.</param>
internal sealed record IstiodValues(string Namespace, string Revision, string Version)
{
    /// <summary>istiod's own environment, besides what the chart sets.</summary>
    public JsonArray Environment { get; init; } = [];

    /// <summary>The mesh configuration, <c>discoverySelectors</c> among it.</summary>
    public JsonObject MeshConfig { get; init; } = [];

    /// <summary>Members of the autoscaler's spec.</summary>
    public JsonObject Autoscaler { get; init; } = [];
}

/// <summary>The objects of a control plane, as Istio's chart <c>istiod</c> renders them, without what nobody reads here.</summary>
internal static class IstiodChart
{
    private static readonly ISerializer Yaml = new SerializerBuilder().Build();
    private static readonly IDeserializer FromJson = new DeserializerBuilder().WithAttemptingUnquotedStringTypeDeserialization().Build();

    /// <summary>The name of a revision's Deployment and Service.</summary>
    public static string ServiceName(string revision) => revision == Istio.DefaultRevision ? "istiod" : $"istiod-{revision}";

    /// <summary>All objects, in the order they are made.</summary>
    public static IEnumerable<(ResourceType Type, JsonObject Object)> Render(IstiodValues values)
    {
        var (ns, revision) = (values.Namespace, values.Revision);
        var name = ServiceName(revision);
        var labels = new Dictionary<string, string> { ["app"] = IstiodView.App, [Istio.RevisionLabel] = revision };
        if (revision == Istio.DefaultRevision) labels["istio"] = "pilot";
        var environment = new JsonArray(Variable("REVISION", revision), Variable("PILOT_CERT_PROVIDER", "istiod"));
        foreach (var variable in values.Environment) environment.Add(variable?.DeepClone());
        var container = new JsonObject
        {
            ["name"] = "discovery",
            ["image"] = $"docker.io/istio/pilot:{values.Version}",
            ["args"] = new JsonArray("discovery"),
            ["env"] = environment,
            ["resources"] = new JsonObject { ["requests"] = new JsonObject { ["cpu"] = "500m", ["memory"] = "2Gi" } },
        };
        yield return (ResourceTypes.ServiceAccount, New(name, ns, labels));
        yield return (ResourceTypes.ConfigMap, New(IstiodView.MeshConfigName(revision), ns, labels, "data", new() { ["mesh"] = Mesh(values) }));
        yield return (ResourceTypes.Service, New(name, ns, labels, "spec", new()
        {
            ["selector"] = Map(labels),
            ["ports"] = new JsonArray(Port("grpc-xds", 15010), Port("https-dns", 15012), Port("https-webhook", 443, 15017),
                Port("http-monitoring", 15014)),
        }));
        foreach (var made in Workload(name, ns, labels, name, container, values.Autoscaler)) yield return made;
        yield return (ResourceTypes.MutatingWebhookConfiguration, IstioWebhooks.Injector(name, ns, revision));
        foreach (var validator in IstioWebhooks.Validators(name, ns, revision))
            yield return (ResourceTypes.ValidatingWebhookConfiguration, validator);
    }

    private static string Mesh(IstiodValues values)
    {
        var mesh = values.MeshConfig.Copy();
        mesh["rootNamespace"] ??= values.Namespace;
        return Yaml.Serialize(FromJson.Deserialize<object>(mesh.ToJsonString()));
    }

    private static JsonNode Variable(string name, string value) => new JsonObject { ["name"] = name, ["value"] = value };
}
