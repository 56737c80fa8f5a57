using System.Globalization;
using System.Text.Json.Nodes;

namespace Orchestrator.Simulator.Kinds;

/// <summary>One column of what <c>kubectl get</c> prints.</summary>
/// <param name="Name">The heading.</param>
/// <param name="Cell">The value of an object, as of a time.</param>
/// <param name="Wide">Shown with <c>-o wide</c> alone.</param>
internal sealed record Column(string Name, Func<JsonObject, DateTimeOffset, JsonNode?> Cell, bool Wide = false)
{
    public JsonObject Definition => new()
    {
        ["name"] = Name,
        ["type"] = "string",
        ["format"] = Name == "Name" ? "name" : "",
        ["description"] = "",
        ["priority"] = Wide ? 1 : 0,
    };
}

/// <summary>The columns of each kind, as the real API server and Istio's CRDs name them.</summary>
internal static class Columns
{
    private static readonly Column Name = new("Name", (obj, _) => obj.Name);
    private static readonly Column Age = new("Age", (obj, now) => Since(obj.At("metadata", "creationTimestamp"), now));

    private static readonly Dictionary<ResourceType, Column[]> ByType = new()
    {
        [ResourceTypes.Namespace] = [At("Status", "status", "phase")],
        [ResourceTypes.Node] =
        [
            new("Status", (obj, _) => Condition(obj, "Ready") == "True" ? "Ready" : "NotReady"),
            At("Version", "status", "nodeInfo", "kubeletVersion"),
        ],
        [ResourceTypes.Pod] =
        [
            new("Ready", (obj, _) => $"{Statuses(obj).Count(status => status.At("ready")?.ToString() == "true")}/{Count(obj, "spec", "containers")}"),
            new("Status", (obj, _) => PodStatus(obj)),
            new("Restarts", (obj, _) => Text(Statuses(obj).Sum(status => status.At("restartCount").AsNumber() ?? 0))),
            At("IP", "status", "podIP") with { Wide = true }, At("Node", "spec", "nodeName") with { Wide = true },
        ],
        [ResourceTypes.Service] =
        [
            At("Type", "spec", "type"), At("Cluster-IP", "spec", "clusterIP"), new("External-IP", (obj, _) => ExternalAddress(obj)),
            new("Port(s)", (obj, _) => Ports(obj)), new("Selector", (obj, _) => Map(obj.At("spec", "selector"))) { Wide = true },
        ],
        [ResourceTypes.Deployment] =
        [
            new("Ready", (obj, _) => $"{Number(obj, "status", "readyReplicas")}/{Number(obj, "spec", "replicas")}"),
            new("Up-to-date", (obj, _) => Number(obj, "status", "updatedReplicas")),
            new("Available", (obj, _) => Number(obj, "status", "availableReplicas")),
        ],
        [ResourceTypes.ReplicaSet] =
        [
            new("Desired", (obj, _) => Number(obj, "spec", "replicas")), new("Current", (obj, _) => Number(obj, "status", "replicas")),
            new("Ready", (obj, _) => Number(obj, "status", "readyReplicas")),
        ],
        [ResourceTypes.HorizontalPodAutoscaler] =
        [
            new("Reference", (obj, _) => $"{obj.At("spec", "scaleTargetRef", "kind")}/{obj.At("spec", "scaleTargetRef", "name")}"),
            new("MinPods", (obj, _) => Number(obj, "spec", "minReplicas")), new("MaxPods", (obj, _) => Number(obj, "spec", "maxReplicas")),
            new("Replicas", (obj, _) => Number(obj, "status", "currentReplicas")),
        ],
        [ResourceTypes.PodDisruptionBudget] =
        [
            Json("Min Available", "spec", "minAvailable"), Json("Max Unavailable", "spec", "maxUnavailable"),
            Json("Allowed Disruptions", "status", "disruptionsAllowed"),
        ],
        [ResourceTypes.ConfigMap] = [new("Data", (obj, _) => Text(Members(obj, "data")))],
        [ResourceTypes.Secret] = [At("Type", "type"), new("Data", (obj, _) => Text(Members(obj, "data")))],
        [ResourceTypes.Event] =
        [
            new("Last Seen", (obj, now) => Since(obj.At("lastTimestamp"), now)), At("Type", "type"), At("Reason", "reason"),
            new("Object", (obj, _) => $"{obj.At("involvedObject", "kind")}/{obj.At("involvedObject", "name")}".ToLowerInvariant()),
            At("Message", "message"),
        ],
        [ResourceTypes.RoleBinding] = [new("Role", (obj, _) => $"{obj.At("roleRef", "kind")}/{obj.At("roleRef", "name")}")],
        [ResourceTypes.ClusterRoleBinding] = [new("Role", (obj, _) => $"{obj.At("roleRef", "kind")}/{obj.At("roleRef", "name")}")],
        [ResourceTypes.VirtualService] = [Json("Gateways", "spec", "gateways"), Json("Hosts", "spec", "hosts")],
        [ResourceTypes.DestinationRule] = [At("Host", "spec", "host")],
        [ResourceTypes.ServiceEntry] = [Json("Hosts", "spec", "hosts"), At("Location", "spec", "location"), At("Resolution", "spec", "resolution")],
        [ResourceTypes.PeerAuthentication] = [At("Mode", "spec", "mtls", "mode")],
        [ResourceTypes.AuthorizationPolicy] = [At("Action", "spec", "action")],
        [ResourceTypes.ServiceAccount] = [new("Secrets", (obj, _) => Text(Count(obj, "secrets")))],
        [ResourceTypes.Endpoints] = [new("Endpoints", (obj, _) =>
            string.Join(",", (obj["subsets"] as JsonArray ?? []).Select(subset => Joined(subset.At("addresses"), "ip"))))],
        [ResourceTypes.EndpointSlice] =
        [
            At("AddressType", "addressType"), new("Ports", (obj, _) => Joined(obj["ports"], "port")),
            new("Endpoints", (obj, _) => string.Join(",", (obj["endpoints"] as JsonArray ?? [])
                .Select(endpoint => Joined(endpoint.At("addresses"))))),
        ],
        [ResourceTypes.NetworkPolicy] = [new("Pod-Selector", (obj, _) => Map(obj.At("spec", "podSelector", "matchLabels")))],
        [ResourceTypes.Lease] = [At("Holder", "spec", "holderIdentity")],
        [ResourceTypes.Role] = [At("Created At", "metadata", "creationTimestamp")],
        [ResourceTypes.ClusterRole] = [At("Created At", "metadata", "creationTimestamp")],
        [ResourceTypes.MutatingWebhookConfiguration] = [new("Webhooks", (obj, _) => Text(Count(obj, "webhooks")))],
        [ResourceTypes.ValidatingWebhookConfiguration] = [new("Webhooks", (obj, _) => Text(Count(obj, "webhooks")))],
        [ResourceTypes.CustomResourceDefinition] = [At("Created At", "metadata", "creationTimestamp")],
        [ResourceTypes.GatewayClass] =
        [
            At("Controller", "spec", "controllerName"), new("Accepted", (obj, _) => Condition(obj, "Accepted") ?? ""),
            At("Description", "spec", "description") with { Wide = true },
        ],
        [ResourceTypes.KubernetesGateway] =
        [
            At("Class", "spec", "gatewayClassName"), new("Address", (obj, _) => Joined(obj.At("status", "addresses"), "value")),
            new("Programmed", (obj, _) => Condition(obj, "Programmed") ?? ""),
        ],
        [ResourceTypes.HttpRoute] = [Json("Hostnames", "spec", "hostnames")],
        [ResourceTypes.GrpcRoute] = [Json("Hostnames", "spec", "hostnames")],
        [ResourceTypes.SailIstio] =
        [
            At("Namespace", "spec", "namespace"), At("Profile", "spec", "profile"),
            new("Revisions", (obj, _) => Number(obj, "status", "revisions", "total")),
            new("Ready", (obj, _) => Number(obj, "status", "revisions", "ready")),
            new("In use", (obj, _) => Number(obj, "status", "revisions", "inUse")),
            At("Active Revision", "status", "activeRevisionName"), At("Status", "status", "state"), At("Version", "spec", "version"),
        ],
        [ResourceTypes.SailIstioRevision] =
        [
            At("Namespace", "spec", "namespace"), new("Ready", (obj, _) => Condition(obj, "Ready") ?? ""), At("Status", "status", "state"),
            new("In use", (obj, _) => Condition(obj, "InUse") ?? ""), At("Version", "spec", "version"),
        ],
        [ResourceTypes.IstioOperator] = [At("Revision", "spec", "revision"), At("Status", "status", "status")],
    };

    /// <summary>Name, what the kind has to show, age.</summary>
    public static IReadOnlyList<Column> Of(ResourceType type)
    {
        var own = ByType.GetValueOrDefault(type, []);
        return [Name, .. own.Where(column => !column.Wide), Age, .. own.Where(column => column.Wide)];
    }

    private static Column At(string heading, params string[] path) => new(heading, (obj, _) => obj.At(path).AsText() ?? "");

    private static Column Json(string heading, params string[] path) =>
        new(heading, (obj, _) => obj.At(path) is { } node ? node.AsText() ?? node.ToJsonString() : "");

    private static string Number(JsonObject obj, params string[] path) => Text(obj.At(path).AsNumber() ?? 0);

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static int Count(JsonObject obj, params string[] path) => (obj.At(path) as JsonArray)?.Count ?? 0;

    private static int Members(JsonObject obj, string member) => (obj[member] as JsonObject)?.Count ?? 0;

    private static IEnumerable<JsonNode?> Statuses(JsonObject pod) => pod.At("status", "containerStatuses") as JsonArray ?? [];

    private static string PodStatus(JsonObject pod)
    {
        if (pod.IsTerminating) return "Terminating";
        // What keeps a container from running says more than the phase.
        var waiting = Statuses(pod).Select(status => status.At("state", "waiting", "reason").AsText()).FirstOrDefault(reason => reason is not null);
        return waiting ?? pod.At("status", "phase").AsText() ?? "Unknown";
    }

    private static string? Condition(JsonObject obj, string type) =>
        (obj.At("status", "conditions") as JsonArray)?.FirstOrDefault(condition => condition.At("type").AsText() == type).At("status").AsText();

    private static string ExternalAddress(JsonObject service)
    {
        var ingress = (service.At("status", "loadBalancer", "ingress") as JsonArray)?.FirstOrDefault();
        return ingress.At("ip").AsText() ?? ingress.At("hostname").AsText()
            ?? (service.At("spec", "type").AsText() == "LoadBalancer" ? "<pending>" : "<none>");
    }

    private static string Ports(JsonObject service) => string.Join(",", (service.At("spec", "ports") as JsonArray ?? []).Select(port =>
        $"{port.At("port")}{(port.At("nodePort") is { } node ? $":{node}" : "")}/{port.At("protocol")}"));

    private static string Joined(JsonNode? list, params string[] path) =>
        list is JsonArray { Count: > 0 } items
            ? string.Join(",", items.Select(item => path.Length == 0 ? item?.ToString() : item.At(path)?.ToString())) : "<unset>";

    private static string Map(JsonNode? map) =>
        map is JsonObject { Count: > 0 } members ? string.Join(",", members.Select(member => $"{member.Key}={member.Value}")) : "<none>";

    /// <summary>As kubectl prints ages: the largest unit, and the next below it while the number is small.</summary>
    private static string Since(JsonNode? time, DateTimeOffset now)
    {
        if (!DateTimeOffset.TryParse(time.AsText(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var from)) return "<unknown>";
        var age = now > from ? now - from : TimeSpan.Zero;
        return age switch
        {
            { TotalMinutes: < 2 } => $"{(int)age.TotalSeconds}s",
            { TotalMinutes: < 10 } => $"{(int)age.TotalMinutes}m{age.Seconds}s",
            { TotalHours: < 3 } => $"{(int)age.TotalMinutes}m",
            { TotalHours: < 8 } => $"{(int)age.TotalHours}h{age.Minutes}m",
            { TotalHours: < 48 } => $"{(int)age.TotalHours}h",
            _ => $"{(int)age.TotalDays}d",
        };
    }
}
