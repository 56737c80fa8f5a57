using System.Text.Json.Nodes;

namespace Orchestrator.Simulator.Controllers.GatewayApi;

/// <summary>The waypoint that the labels of a Service, or of its namespace, ask for.</summary>
/// <param name="Namespace">The waypoint's namespace.</param>
/// <param name="Name">The waypoint's name.</param>
/// <param name="FromIngress">Whether ingress gateways go through it, too; without that they go straight to the pods.</param>
internal sealed record Waypoint(string Namespace, string Name, bool FromIngress)
{
    /// <summary>The label of a namespace or pod in ambient mode.</summary>
    public const string DataplaneMode = "istio.io/dataplane-mode";

    private const string Use = "istio.io/use-waypoint", UseNamespace = "istio.io/use-waypoint-namespace",
        FromIngressLabel = "istio.io/ingress-use-waypoint";

    /// <summary>The waypoint of a Service, or null.</summary>
    public static Waypoint? Of(JsonObject service, JsonObject? ns)
    {
        var labels = service.Labels?[Use] is not null ? service.Labels : ns?.Labels;
        if (labels?[Use].AsText() is not { Length: > 0 } name || name == "none") return null;
        var fromIngress = service.Labels?[FromIngressLabel].AsText() ?? ns?.Labels?[FromIngressLabel].AsText();
        return new(labels[UseNamespace].AsText() ?? service.Namespace!, name, fromIngress == "true");
    }

    /// <summary>Whether a pod is part of the mesh without a proxy of its own.</summary>
    public static bool IsCaptured(JsonObject pod, JsonObject? ns) =>
        !SidecarInjector.HasProxy(pod) && (pod.Labels?[DataplaneMode] ?? ns?.Labels?[DataplaneMode]).AsText() == "ambient";
}
