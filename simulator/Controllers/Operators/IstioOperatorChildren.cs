using System.Text.Json.Nodes;
using static Orchestrator.Simulator.Controllers.ChartObjects;

namespace Orchestrator.Simulator.Controllers;

/// <summary>An object that Istio's operator makes for an IstioOperator.</summary>
/// <param name="Component"><c>Pilot</c> or <c>IngressGateways</c>, as in <c>status.componentStatus</c>.</param>
/// <param name="Type">Its kind.</param>
/// <param name="Object">What it should be.</param>
internal sealed record Child(string Component, ResourceType Type, JsonObject Object);

/// <summary>Derives from an IstioOperator what must exist for it; the objects that Istio's 1.23 charts render, without what nobody reads
/// here.</summary>
internal static class IstioOperatorChildren
{
    public const string Pilot = "Pilot";
    public const string IngressGateways = "IngressGateways";

    /// <summary>Label on every child: the IstioOperator it belongs to.</summary>
    public const string Owner = "install.operator.istio.io/owning-resource";

    /// <summary>Label on every child: that IstioOperator's namespace.</summary>
    public const string OwnerNamespace = "install.operator.istio.io/owning-resource-namespace";

    private const string DefaultGateway = "istio-ingressgateway";

    /// <summary>All children, in the order they are made.</summary>
    public static IReadOnlyList<Child> Of(JsonObject iop)
    {
        var spec = iop["spec"] as JsonObject ?? [];
        var profile = spec["profile"].AsText() ?? "default";
        var systemNamespace = spec["namespace"].AsText() ?? spec.At("values", "global", "istioNamespace").AsText() ?? Istio.SystemNamespace;
        var revision = spec["revision"].AsText() is { Length: > 0 } named ? named : Istio.DefaultRevision;
        var pilot = spec.At("components", "pilot") as JsonObject ?? [];
        var gateways = (spec.At("components", "ingressGateways") as JsonArray ?? []).OfType<JsonObject>().ToList();
        // The default profile brings a gateway of its own unless the list says otherwise.
        if (profile == "default" && gateways.All(gateway => gateway["name"].AsText() != DefaultGateway))
            gateways.Add(new() { ["name"] = DefaultGateway, ["enabled"] = true });

        var children = new List<Child>();
        if (IsEnabled(pilot, byDefault: profile is not "empty" and not "remote"))
        {
            var bounds = pilot.At("k8s", "hpaSpec") as JsonObject ?? [];
            children.AddRange(IstiodChart.Render(new(systemNamespace, revision, Istio.Version)
            {
                Environment = pilot.At("k8s", "env") as JsonArray ?? [],
                MeshConfig = spec["meshConfig"] as JsonObject ?? [],
                Autoscaler = bounds,
            }).Select(made => new Child(Pilot, made.Type, made.Object)));
        }

        foreach (var gateway in gateways.Where(gateway =>
            IsEnabled(gateway, byDefault: profile == "default" && gateway["name"].AsText() == DefaultGateway)))
            children.AddRange(GatewayOf(gateway, systemNamespace, revision));
        foreach (var child in children)
        {
            var labels = child.Object.Metadata["labels"] as JsonObject ?? [];
            labels[Owner] = iop.Name;
            labels[OwnerNamespace] = iop.Namespace;
            labels["operator.istio.io/component"] = child.Component;
            labels["operator.istio.io/managed"] = "Reconcile";
            labels["operator.istio.io/version"] = Istio.Version;
            labels[Istio.RevisionLabel] = revision;
            child.Object.Metadata["labels"] = labels;
        }

        return children;
    }

    private static IEnumerable<Child> GatewayOf(JsonObject gateway, string systemNamespace, string revision)
    {
        var name = gateway["name"].AsText() ?? DefaultGateway;
        var ns = gateway["namespace"].AsText() ?? systemNamespace;
        var labels = new Dictionary<string, string> { ["app"] = DefaultGateway, ["istio"] = "ingressgateway" };
        foreach (var (label, value) in gateway["label"] as JsonObject ?? []) labels[label] = value.AsText() ?? "";
        var requests = new JsonObject { ["cpu"] = "100m", ["memory"] = "128Mi" };
        var container = new JsonObject { ["resources"] = new JsonObject { ["requests"] = requests } };
        SidecarInjector.FillGateway(container, IstiodChart.ServiceName(revision), systemNamespace);
        var account = $"{name}-service-account";
        var service = gateway.At("k8s", "service")?.DeepClone().AsObject() ?? [];
        service["type"] ??= "LoadBalancer";
        service["selector"] = Map(labels);
        service["ports"] ??= new JsonArray(Port("status-port", 15021), Port("http2", 80, 8080), Port("https", 443, 8443));
        yield return new(IngressGateways, ResourceTypes.ServiceAccount, New(account, ns, labels));
        foreach (var (type, obj) in ChartObjects.Workload(name, ns, labels, account, container, gateway.At("k8s", "hpaSpec") as JsonObject, revision))
            yield return new(IngressGateways, type, obj);
        yield return new(IngressGateways, ResourceTypes.Service, New(name, ns, labels, "spec", service));
    }

    private static bool IsEnabled(JsonObject component, bool byDefault) =>
        component["enabled"] is JsonValue value && value.TryGetValue<bool>(out var enabled) ? enabled : byDefault;
}
