using System.Text.Json.Nodes;
using Orchestrator.Simulator.Store.Fields;
using YamlDotNet.Core;
using YamlDotNet.Serialization;

namespace Orchestrator.Simulator.Controllers.GatewayApi;

/// <summary>The objects istiod keeps for a Gateway, as its templates <c>kube-gateway</c> and <c>waypoint</c> render them.</summary>
internal static class GatewayChildren
{
    private const int StatusPort = 15021, WaypointPort = 15008;

    private static readonly IDeserializer Yaml = new DeserializerBuilder().WithAttemptingUnquotedStringTypeDeserialization().Build();
    private static readonly ISerializer AsJson = new SerializerBuilder().JsonCompatible().Build();

    /// <summary>The children, with the overlays of the options laid over them by strategic merge. An overlay that cannot be read counts as
    /// none.</summary>
    /// <param name="gateway">The Gateway.</param>
    /// <param name="istiod">The control plane that keeps it.</param>
    /// <param name="options">The <c>data</c> of the ConfigMap that <c>infrastructure.parametersRef</c> names, or null.</param>
    public static IEnumerable<(ResourceType Type, JsonObject Object)> Of(JsonObject gateway, IstiodView istiod, JsonObject? options)
    {
        var isWaypoint = GatewayNames.ServedClass(gateway) == GatewayNames.WaypointClass;
        yield return Child(ResourceTypes.ServiceAccount, "serviceAccount", null);
        yield return Child(ResourceTypes.Deployment, "deployment", Deployment(gateway, istiod, isWaypoint));
        yield return Child(ResourceTypes.Service, "service", Service(gateway, isWaypoint));
        // Only for who asks: the templates have nothing to say of their own.
        if (Overlay("horizontalPodAutoscaler") is not null)
            yield return Child(ResourceTypes.HorizontalPodAutoscaler, "horizontalPodAutoscaler", new()
            {
                ["scaleTargetRef"] = new JsonObject { ["apiVersion"] = "apps/v1", ["kind"] = "Deployment", ["name"] = GatewayNames.Child(gateway) },
                ["maxReplicas"] = 1,
            });
        if (Overlay("podDisruptionBudget") is not null)
            yield return Child(ResourceTypes.PodDisruptionBudget, "podDisruptionBudget",
                new() { ["selector"] = new JsonObject { ["matchLabels"] = Selector(gateway) } });

        (ResourceType, JsonObject) Child(ResourceType type, string overlay, JsonObject? spec)
        {
            var child = new JsonObject { ["apiVersion"] = type.ApiVersion, ["kind"] = type.Kind, ["metadata"] = Metadata(gateway) };
            if (spec is not null) child["spec"] = spec;
            return (type, Overlay(overlay) is { } over ? (JsonObject)MergePatch.Strategic(child, over, MergeRules.For(type))! : child);
        }

        JsonObject? Overlay(string name)
        {
            if (options?[name].AsText() is not { } yaml) return null;
            try
            {
                return JsonNode.Parse(AsJson.Serialize(Yaml.Deserialize<object>(yaml))) as JsonObject;
            }
            catch (YamlException)
            {
                return null;
            }
        }
    }

    private static JsonObject Metadata(JsonObject gateway)
    {
        var metadata = new JsonObject
        {
            ["name"] = GatewayNames.Child(gateway),
            ["namespace"] = gateway.Namespace,
            ["labels"] = Labels(gateway),
            ["ownerReferences"] = new JsonArray(new JsonObject
            {
                ["apiVersion"] = $"{ResourceTypes.GatewayApi}/v1beta1",
                ["kind"] = "Gateway",
                ["name"] = gateway.Name,
                ["uid"] = gateway.Uid,
            }),
        };
        if (Infrastructure(gateway, "annotations") is { Count: > 0 } annotations) metadata["annotations"] = annotations;
        return metadata;
    }

    private static JsonObject Labels(JsonObject gateway)
    {
        var labels = Infrastructure(gateway, "labels");
        labels[GatewayNames.Managed] = (GatewayNames.ServedClass(gateway) == GatewayNames.WaypointClass
            ? GatewayNames.WaypointController : GatewayNames.Controller).Replace('/', '-');
        labels[GatewayNames.GatewayName] = gateway.Name;
        labels[GatewayNames.GatewayClassName] = GatewayNames.ServedClass(gateway);
        return labels;
    }

    /// <summary>What the infrastructure asks for; without it, the Gateway's own labels and annotations, as it was before the field existed.</summary>
    private static JsonObject Infrastructure(JsonObject gateway, string member)
    {
        var source = gateway.At("spec", "infrastructure", member) as JsonObject
            ?? (gateway.At("spec", "infrastructure") is null ? gateway.At("metadata", member) as JsonObject : null) ?? [];
        return new(source.Where(entry => !entry.Key.StartsWith("kubectl.kubernetes.io/", StringComparison.Ordinal)
            && entry.Key != GatewayNames.ServiceType)
            .Select(entry => KeyValuePair.Create(entry.Key, entry.Value?.DeepClone())));
    }

    private static JsonObject Selector(JsonObject gateway) => new() { [GatewayNames.GatewayName] = gateway.Name };

    private static JsonObject Deployment(JsonObject gateway, IstiodView istiod, bool isWaypoint)
    {
        var requests = new JsonObject { ["cpu"] = "100m", ["memory"] = "128Mi" };
        var container = new JsonObject { ["resources"] = new JsonObject { ["requests"] = requests } };
        SidecarInjector.FillGateway(container, istiod.Name, istiod.Namespace);
        if (isWaypoint) container["args"]![1] = "waypoint";
        var labels = Labels(gateway);
        labels["sidecar.istio.io/inject"] = "false";
        labels["service.istio.io/canonical-name"] = GatewayNames.Child(gateway);
        labels[Istio.RevisionLabel] = istiod.Revision;
        labels["istio.io/dataplane-mode"] = "none";
        return new()
        {
            ["selector"] = new JsonObject { ["matchLabels"] = Selector(gateway) },
            ["template"] = new JsonObject
            {
                ["metadata"] = new JsonObject { ["labels"] = labels },
                ["spec"] = new JsonObject { ["serviceAccountName"] = GatewayNames.Child(gateway), ["containers"] = new JsonArray(container) },
            },
        };
    }

    private static JsonObject Service(JsonObject gateway, bool isWaypoint)
    {
        var type = gateway.At("spec", "infrastructure", "annotations", GatewayNames.ServiceType).AsText()
            ?? gateway.At("metadata", "annotations", GatewayNames.ServiceType).AsText() ?? (isWaypoint ? "ClusterIP" : "LoadBalancer");
        var ports = new JsonArray(ChartObjects.Port("status-port", StatusPort));
        if (isWaypoint) ports.Add(ChartObjects.Port("mesh", WaypointPort));
        else
            foreach (var listener in GatewayNames.Listeners(gateway).DistinctBy(listener => listener["port"].AsNumber()))
                ports.Add(ChartObjects.Port(listener["name"].AsText() ?? "", (int)(listener["port"].AsNumber() ?? 0)));
        return new() { ["type"] = type, ["selector"] = Selector(gateway), ["ports"] = ports };
    }
}
