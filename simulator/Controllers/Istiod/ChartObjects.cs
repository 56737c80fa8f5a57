using System.Text.Json.Nodes;

namespace Orchestrator.Simulator.Controllers;

/// <summary>The shapes that Istio's charts are made of.</summary>
internal static class ChartObjects
{
    private const int MaxReplicas = 5;

    /// <summary>The Deployment with its disruption budget and autoscaler. It has no <c>replicas</c>: they are the autoscaler's.</summary>
    /// <param name="name">Of all three.</param>
    /// <param name="ns">Their namespace.</param>
    /// <param name="labels">Their labels, and what selects the pods.</param>
    /// <param name="account">The pods' ServiceAccount.</param>
    /// <param name="container">The pods' only container.</param>
    /// <param name="autoscaler">What is asked of the autoscaler; the rest is the chart's default.</param>
    /// <param name="revision">The pods' <c>istio.io/rev</c>, or null for none.</param>
    public static IEnumerable<(ResourceType Type, JsonObject Object)> Workload(
        string name, string ns, Dictionary<string, string> labels, string account, JsonObject container, JsonObject? autoscaler,
        string? revision = null)
    {
        var podLabels = Map(labels);
        podLabels["sidecar.istio.io/inject"] = "false";
        if (revision is not null) podLabels[Istio.RevisionLabel] = revision;
        yield return (ResourceTypes.Deployment, New(name, ns, labels, "spec", new()
        {
            ["selector"] = new JsonObject { ["matchLabels"] = Map(labels) },
            ["strategy"] = new JsonObject { ["rollingUpdate"] = new JsonObject { ["maxSurge"] = "100%", ["maxUnavailable"] = "25%" } },
            ["template"] = new JsonObject
            {
                ["metadata"] = new JsonObject { ["labels"] = podLabels },
                ["spec"] = new JsonObject { ["serviceAccountName"] = account, ["containers"] = new JsonArray(container) },
            },
        }));
        yield return (ResourceTypes.PodDisruptionBudget, New(name, ns, labels, "spec", new()
        {
            ["minAvailable"] = 1,
            ["selector"] = new JsonObject { ["matchLabels"] = Map(labels) },
        }));
        var bounds = autoscaler?.Copy() ?? [];
        bounds["minReplicas"] ??= 1;
        bounds["maxReplicas"] ??= Math.Max(MaxReplicas, bounds["minReplicas"].AsNumber() ?? 1);
        bounds["scaleTargetRef"] ??= new JsonObject { ["apiVersion"] = "apps/v1", ["kind"] = "Deployment", ["name"] = name };
        bounds["metrics"] ??= new JsonArray(new JsonObject
        {
            ["type"] = "Resource",
            ["resource"] = new JsonObject { ["name"] = "cpu", ["target"] = new JsonObject { ["type"] = "Utilization", ["averageUtilization"] = 80 } },
        });
        yield return (ResourceTypes.HorizontalPodAutoscaler, New(name, ns, labels, "spec", bounds));
    }

    public static JsonObject New(string name, string ns, Dictionary<string, string> labels, string? member = null, JsonObject? content = null)
    {
        var obj = new JsonObject { ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = ns, ["labels"] = Map(labels) } };
        if (member is not null) obj[member] = content;
        return obj;
    }

    public static JsonObject Map(Dictionary<string, string> labels) =>
        new(labels.Select(label => KeyValuePair.Create<string, JsonNode?>(label.Key, label.Value)));

    public static JsonNode Port(string name, int port, int? target = null) =>
        new JsonObject { ["name"] = name, ["port"] = port, ["targetPort"] = target ?? port, ["protocol"] = "TCP" };
}
