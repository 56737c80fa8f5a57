using System.Text.Json.Nodes;

namespace Orchestrator.Simulator.Controllers;

/// <summary>An object that Istio's operator makes for an IstioOperator.</summary>
/// <param name="Component"><c>Pilot</c> or <c>IngressGateways</c>, as in <c>status.componentStatus</c>.</param>
/// <param name="Type">Its kind.</param>
/// <param name="Object">What it should be.</param>
internal sealed record Child(string Component, ResourceType Type, JsonObject Object);

/// <summary>Derives from an IstioOperator what must exist for it; the objects that Istio's 1.23 charts render, without what nobody reads here.</summary>
internal static class IstioOperatorChildren
{
    public const string Pilot = "Pilot";
    public const string IngressGateways = "IngressGateways";

    /// <summary>Label on every child: the IstioOperator it belongs to.</summary>
    public const string Owner = "install.operator.istio.io/owning-resource";

    /// <summary>Label on every child: that IstioOperator's namespace.</summary>
    public const string OwnerNamespace = "install.operator.istio.io/owning-resource-namespace";

    private const string DefaultGateway = "istio-ingressgateway";
    private const int MaxReplicas = 5;

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
        if (IsEnabled(pilot, byDefault: profile is not "empty" and not "remote")) children.AddRange(ControlPlaneOf(pilot, systemNamespace, revision));
        foreach (var gateway in gateways.Where(gateway => IsEnabled(gateway, byDefault: profile == "default" && gateway["name"].AsText() == DefaultGateway)))
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

    private static IEnumerable<Child> ControlPlaneOf(JsonObject pilot, string ns, string revision)
    {
        var suffix = revision == Istio.DefaultRevision ? "" : $"-{revision}";
        var name = $"istiod{suffix}";
        var labels = new Dictionary<string, string> { ["app"] = "istiod", [Istio.RevisionLabel] = revision };
        if (suffix.Length == 0) labels["istio"] = "pilot";
        var environment = new JsonArray(Variable("REVISION", revision), Variable("PILOT_CERT_PROVIDER", "istiod"));
        foreach (var variable in pilot.At("k8s", "env") as JsonArray ?? []) environment.Add(variable?.DeepClone());
        var container = new JsonObject
        {
            ["name"] = "discovery",
            ["image"] = Istio.PilotImage,
            ["args"] = new JsonArray("discovery"),
            ["env"] = environment,
            ["resources"] = new JsonObject { ["requests"] = new JsonObject { ["cpu"] = "500m", ["memory"] = "2Gi" } },
        };
        yield return new(Pilot, ResourceTypes.ServiceAccount, New(name, ns, labels));
        yield return new(Pilot, ResourceTypes.ConfigMap, New($"istio{suffix}", ns, labels, "data", new JsonObject { ["mesh"] = "rootNamespace: " + ns + "\n" }));
        yield return new(Pilot, ResourceTypes.Service, New(name, ns, labels, "spec", new JsonObject
        {
            ["selector"] = Map(labels),
            ["ports"] = new JsonArray(Port("grpc-xds", 15010), Port("https-dns", 15012), Port("https-webhook", 443, 15017), Port("http-monitoring", 15014)),
        }));
        foreach (var child in Workload(Pilot, name, ns, labels, name, container, pilot)) yield return child;
        var webhooks = IstioWebhooks.Injector(name, ns, revision);
        yield return new(Pilot, ResourceTypes.MutatingWebhookConfiguration, webhooks);
        foreach (var validator in IstioWebhooks.Validators(name, ns, revision)) yield return new(Pilot, ResourceTypes.ValidatingWebhookConfiguration, validator);
    }

    private static IEnumerable<Child> GatewayOf(JsonObject gateway, string systemNamespace, string revision)
    {
        var name = gateway["name"].AsText() ?? DefaultGateway;
        var ns = gateway["namespace"].AsText() ?? systemNamespace;
        var labels = new Dictionary<string, string> { ["app"] = DefaultGateway, ["istio"] = "ingressgateway" };
        foreach (var (label, value) in gateway["label"] as JsonObject ?? []) labels[label] = value.AsText() ?? "";
        var container = new JsonObject { ["resources"] = new JsonObject { ["requests"] = new JsonObject { ["cpu"] = "100m", ["memory"] = "128Mi" } } };
        SidecarInjector.FillGateway(container);
        var account = $"{name}-service-account";
        var service = gateway.At("k8s", "service")?.DeepClone().AsObject() ?? [];
        service["type"] ??= "LoadBalancer";
        service["selector"] = Map(labels);
        service["ports"] ??= new JsonArray(Port("status-port", 15021), Port("http2", 80, 8080), Port("https", 443, 8443));
        yield return new(IngressGateways, ResourceTypes.ServiceAccount, New(account, ns, labels));
        foreach (var child in Workload(IngressGateways, name, ns, labels, account, container, gateway, revision)) yield return child;
        yield return new(IngressGateways, ResourceTypes.Service, New(name, ns, labels, "spec", service));
    }

    /// <summary>The Deployment with its disruption budget and autoscaler. It has no <c>replicas</c>: they are the autoscaler's.</summary>
    private static IEnumerable<Child> Workload(
        string component, string name, string ns, Dictionary<string, string> labels, string account, JsonObject container, JsonObject settings, string? revision = null)
    {
        var podLabels = Map(labels);
        podLabels["sidecar.istio.io/inject"] = "false";
        if (revision is not null) podLabels[Istio.RevisionLabel] = revision;
        yield return new(component, ResourceTypes.Deployment, New(name, ns, labels, "spec", new JsonObject
        {
            ["selector"] = new JsonObject { ["matchLabels"] = Map(labels) },
            ["strategy"] = new JsonObject { ["rollingUpdate"] = new JsonObject { ["maxSurge"] = "100%", ["maxUnavailable"] = "25%" } },
            ["template"] = new JsonObject
            {
                ["metadata"] = new JsonObject { ["labels"] = podLabels },
                ["spec"] = new JsonObject { ["serviceAccountName"] = account, ["containers"] = new JsonArray(container) },
            },
        }));
        yield return new(component, ResourceTypes.PodDisruptionBudget, New(name, ns, labels, "spec", new JsonObject
        {
            ["minAvailable"] = 1,
            ["selector"] = new JsonObject { ["matchLabels"] = Map(labels) },
        }));
        var bounds = settings.At("k8s", "hpaSpec")?.DeepClone().AsObject() ?? [];
        bounds["minReplicas"] ??= 1;
        bounds["maxReplicas"] ??= Math.Max(MaxReplicas, bounds["minReplicas"].AsNumber() ?? 1);
        bounds["scaleTargetRef"] ??= new JsonObject { ["apiVersion"] = "apps/v1", ["kind"] = "Deployment", ["name"] = name };
        bounds["metrics"] ??= new JsonArray(new JsonObject
        {
            ["type"] = "Resource",
            ["resource"] = new JsonObject { ["name"] = "cpu", ["target"] = new JsonObject { ["type"] = "Utilization", ["averageUtilization"] = 80 } },
        });
        yield return new(component, ResourceTypes.HorizontalPodAutoscaler, New(name, ns, labels, "spec", bounds));
    }

    private static JsonObject New(string name, string ns, Dictionary<string, string> labels, string? member = null, JsonObject? content = null)
    {
        var obj = new JsonObject { ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = ns, ["labels"] = Map(labels) } };
        if (member is not null) obj[member] = content;
        return obj;
    }

    private static JsonObject Map(Dictionary<string, string> labels) =>
        new(labels.Select(label => KeyValuePair.Create<string, JsonNode?>(label.Key, label.Value)));

    private static JsonNode Variable(string name, string value) => new JsonObject { ["name"] = name, ["value"] = value };

    private static JsonNode Port(string name, int port, int? target = null) =>
        new JsonObject { ["name"] = name, ["port"] = port, ["targetPort"] = target ?? port, ["protocol"] = "TCP" };

    private static bool IsEnabled(JsonObject component, bool byDefault) =>
        component["enabled"] is JsonValue value && value.TryGetValue<bool>(out var enabled) ? enabled : byDefault;
}
