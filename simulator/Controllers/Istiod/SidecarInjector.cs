using System.Text.Json.Nodes;

namespace Orchestrator.Simulator.Controllers;

/// <summary>What istiod's injection webhook does to a pod.</summary>
internal static class SidecarInjector
{
    /// <summary>The placeholder that gateway pods carry until the webhook replaces it.</summary>
    public const string AutoImage = "auto";

    /// <summary>The name of the proxy's container.</summary>
    public const string Proxy = "istio-proxy";

    private const string Templates = "inject.istio.io/templates";
    private const string Injected = "sidecar.istio.io/status";
    private const string Discovery = "CA_ADDR";

    /// <summary>Whether the pod runs Istio's proxy, beside an application or as a gateway.</summary>
    public static bool HasProxy(JsonObject pod) => ProxyContainer(pod) is { } proxy && proxy["image"].AsText() != AutoImage;

    /// <summary>Whether the pod is an ingress gateway: its proxy runs as <c>router</c>.</summary>
    public static bool IsGateway(JsonObject pod) => RunsAs(pod, "router");

    /// <summary>Whether the pod is a waypoint.</summary>
    public static bool IsWaypoint(JsonObject pod) => RunsAs(pod, "waypoint");

    /// <summary>The control plane that a pod's proxy asks, by namespace and Service; the agent's default where nothing says so.</summary>
    public static (string Namespace, string Service) ControlPlaneOf(JsonObject pod)
    {
        var address = (ProxyContainer(pod)?["env"] as JsonArray)?
            .FirstOrDefault(variable => variable.At("name").AsText() == Discovery).At("value").AsText();
        return address?.Split(':')[0].Split('.') is [var service, var ns, ..] ? (ns, service)
            : (Istio.SystemNamespace, IstiodChart.ServiceName(Istio.DefaultRevision));
    }

    /// <summary>The container of a gateway, as Istio's charts and the gateway template fill it in.</summary>
    /// <param name="container">Changed in place.</param>
    /// <param name="istiod">The Service of its control plane.</param>
    /// <param name="ns">The namespace of its control plane.</param>
    public static void FillGateway(JsonObject container, string istiod, string ns)
    {
        container["name"] = Proxy;
        container["image"] = Istio.ProxyImage;
        container["args"] = new JsonArray("proxy", "router", "--domain", "$(POD_NAMESPACE).svc.cluster.local");
        Ask(container, istiod, ns);
        container["readinessProbe"] = Probe();
    }

    /// <summary>Adds the proxy to a pod, or fills in the one it brings for the gateway template. A pod already injected stays as it is.</summary>
    /// <param name="pod">Changed in place.</param>
    /// <param name="revision">The control plane's revision.</param>
    /// <param name="istiod">The control plane's Service.</param>
    /// <param name="ns">The control plane's namespace.</param>
    public static void Inject(JsonObject pod, string revision, string istiod, string ns)
    {
        var metadata = pod.Metadata;
        if (metadata["annotations"] is not JsonObject annotations) metadata["annotations"] = annotations = [];
        if (annotations[Injected] is not null || pod["spec"] is not JsonObject spec) return;
        var isGateway = annotations[Templates].AsText()?.Split(',').Any(template => template.Trim() == "gateway") == true;
        if (isGateway)
        {
            if (ProxyContainer(pod) is not { } proxy) Containers(spec).Add(proxy = []);
            FillGateway(proxy, istiod, ns);
        }
        else
        {
            var sidecar = new JsonObject
            {
                ["name"] = Proxy,
                ["image"] = Istio.ProxyImage,
                ["args"] = new JsonArray("proxy", "sidecar", "--domain", "$(POD_NAMESPACE).svc.cluster.local"),
                ["readinessProbe"] = Probe(),
            };
            Ask(sidecar, istiod, ns);
            Containers(spec).Add(sidecar);
            if (spec["initContainers"] is not JsonArray starters) spec["initContainers"] = starters = [];
            starters.Add(new JsonObject { ["name"] = "istio-init", ["image"] = Istio.ProxyImage, ["args"] = new JsonArray("istio-iptables") });
        }

        annotations[Injected] = new JsonObject { ["containers"] = new JsonArray(Proxy), ["revision"] = revision }.ToJsonString();
        annotations["istio.io/rev"] = revision;
    }

    private static JsonObject Probe() =>
        new() { ["httpGet"] = new JsonObject { ["path"] = "/healthz/ready", ["port"] = 15021, ["scheme"] = "HTTP" } };

    private static void Ask(JsonObject container, string istiod, string ns)
    {
        if (container["env"] is not JsonArray environment) container["env"] = environment = [];
        environment.Add(new JsonObject { ["name"] = Discovery, ["value"] = $"{istiod}.{ns}.svc:15012" });
    }

    private static bool RunsAs(JsonObject pod, string role) =>
        HasProxy(pod) && (ProxyContainer(pod)!["args"] as JsonArray)?.Any(arg => arg.AsText() == role) == true;

    private static JsonObject? ProxyContainer(JsonObject pod) =>
        (pod.At("spec", "containers") as JsonArray)?.OfType<JsonObject>().FirstOrDefault(container => container["name"].AsText() == Proxy);

    private static JsonArray Containers(JsonObject spec)
    {
        if (spec["containers"] is not JsonArray containers) spec["containers"] = containers = [];
        return containers;
    }
}
