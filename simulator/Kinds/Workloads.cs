using System.Text.Json.Nodes;

namespace Orchestrator.Simulator.Kinds;

/// <summary>Defaults and rules of Deployments, ReplicaSets, Pods and autoscalers.</summary>
internal static class Workloads
{
    public static void Admit(ResourceType type, JsonObject obj, JsonObject? old)
    {
        if (obj["spec"] is not JsonObject spec) throw KubeException.Invalid(type, obj.Name, [new("FieldValueRequired", "Required value", "spec")]);
        if (type == ResourceTypes.Pod) DefaultPod(spec);
        else if (type == ResourceTypes.HorizontalPodAutoscaler) spec["minReplicas"] ??= 1;
        else AdmitTemplate(type, obj, spec, old);
    }

    private static void AdmitTemplate(ResourceType type, JsonObject obj, JsonObject spec, JsonObject? old)
    {
        spec["replicas"] ??= 1;
        if (type == ResourceTypes.Deployment)
        {
            spec["progressDeadlineSeconds"] ??= 600;
            spec["revisionHistoryLimit"] ??= 10;
            spec["strategy"] ??= new JsonObject();
            spec["strategy"]!["type"] ??= "RollingUpdate";
            if (spec.At("strategy", "type").AsText() == "RollingUpdate")
            {
                spec["strategy"]!["rollingUpdate"] ??= new JsonObject();
                spec["strategy"]!["rollingUpdate"]!["maxSurge"] ??= "25%";
                spec["strategy"]!["rollingUpdate"]!["maxUnavailable"] ??= "25%";
            }
        }
        if (spec.At("template", "spec") is JsonObject pod) DefaultPod(pod);
        var causes = new List<KubeCause>();
        if (spec["replicas"].AsNumber() is < 0)
            causes.Add(new("FieldValueInvalid", $"Invalid value: {spec["replicas"]}: must be greater than or equal to 0", "spec.replicas"));
        if (spec["selector"] is not JsonObject { Count: > 0 })
            causes.Add(new("FieldValueInvalid", "Invalid value: {}: empty selector is invalid for deployment", "spec.selector"));
        else if (!LabelSelector.FromObject(spec["selector"]).Matches(spec.At("template", "metadata", "labels") as JsonObject))
            causes.Add(new("FieldValueInvalid", "Invalid value: `selector` does not match template `labels`", "spec.template.metadata.labels"));
        if (old is not null && !JsonNode.DeepEquals(old.At("spec", "selector"), spec["selector"]))
            causes.Add(new("FieldValueInvalid", "Invalid value: field is immutable", "spec.selector"));
        if (causes.Count > 0) throw KubeException.Invalid(type, obj.Name, causes);
    }

    private static void DefaultPod(JsonObject pod)
    {
        pod["restartPolicy"] ??= "Always";
        pod["dnsPolicy"] ??= "ClusterFirst";
        pod["schedulerName"] ??= "default-scheduler";
        pod["terminationGracePeriodSeconds"] ??= 30;
        pod["securityContext"] ??= new JsonObject();
        foreach (var list in new[] { "containers", "initContainers" })
            foreach (var container in (pod[list] as JsonArray ?? []).OfType<JsonObject>())
            {
                var image = container["image"].AsText() ?? "";
                container["imagePullPolicy"] ??=
                    image.EndsWith(":latest", StringComparison.Ordinal) || !image.Contains(':') ? "Always" : "IfNotPresent";
                container["terminationMessagePath"] ??= "/dev/termination-log";
                container["terminationMessagePolicy"] ??= "File";
                container["resources"] ??= new JsonObject();
                foreach (var port in (container["ports"] as JsonArray ?? []).OfType<JsonObject>()) port["protocol"] ??= "TCP";
            }
    }
}
