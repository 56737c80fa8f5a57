using System.Text.Json.Nodes;
using Orchestrator.Simulator.Store;

namespace Orchestrator.Simulator.Controllers;

/// <summary>Lists the ready pods behind every Service that has a selector.</summary>
internal sealed class EndpointSliceController(ClusterStore store) : Controller
{
    /// <summary>The label that says whose slice it is.</summary>
    public const string ServiceName = "kubernetes.io/service-name";

    public override IEnumerable<ObjectKey> All() => store.Snapshot(ResourceTypes.Service).Objects.Select(service => service.Key);

    public override IEnumerable<(ObjectKey Key, TimeSpan After)> Wakes(ClusterEvent change) =>
        change.Type == ResourceTypes.Service && change.Kind != ClusterEventKind.Deleted ? [(change.Object.Key, TimeSpan.Zero)]
        : change.Type == ResourceTypes.EndpointSlice && change.Kind != ClusterEventKind.Added && change.Object.Labels?[ServiceName].AsText() is { } name
            ? [(new(change.Object.Namespace!, name), TimeSpan.Zero)]
        : change.Type == ResourceTypes.Pod
            ? store.Snapshot(ResourceTypes.Service, change.Object.Namespace).Objects
                .Where(service => Selects(service, change.Object) || (change.Previous is { } previous && Selects(service, previous)))
                .Select(service => (service.Key, TimeSpan.Zero))
        : [];

    public override TimeSpan? Reconcile(ObjectKey key)
    {
        if (store.Find(ResourceTypes.Service, key.Namespace, key.Name) is not { IsTerminating: false } service) return null;
        if (LabelSelector.FromMap(service.At("spec", "selector")) is not { } selector) return null;
        var pods = store.Snapshot(ResourceTypes.Pod, key.Namespace, selector).Objects.Where(pod => !pod.IsTerminating && ReplicaSetController.IsReady(pod)).ToArray();
        var slice = new JsonObject
        {
            ["metadata"] = new JsonObject
            {
                ["name"] = $"{key.Name}-{Hashes.Short(service.Uid)[..5]}",
                ["namespace"] = key.Namespace,
                ["labels"] = new JsonObject
                {
                    [ServiceName] = key.Name,
                    ["endpointslice.kubernetes.io/managed-by"] = "endpointslice-controller.k8s.io",
                },
                ["ownerReferences"] = service.AsController(),
            },
            ["addressType"] = "IPv4",
            ["endpoints"] = new JsonArray([.. pods.Select(Endpoint)]),
            ["ports"] = new JsonArray([.. (service.At("spec", "ports") as JsonArray ?? []).OfType<JsonObject>().Select(port => Port(port, pods))]),
        };
        if (store.Find(ResourceTypes.EndpointSlice, key.Namespace, slice.Name) is null) store.Create(ResourceTypes.EndpointSlice, slice);
        else store.Update(ResourceTypes.EndpointSlice, slice);
        return null;
    }

    private static bool Selects(JsonObject service, JsonObject pod) => LabelSelector.FromMap(service.At("spec", "selector"))?.Matches(pod.Labels) == true;

    private static JsonNode Endpoint(JsonObject pod) => new JsonObject
    {
        ["addresses"] = new JsonArray(pod.At("status", "podIP")?.DeepClone()),
        ["conditions"] = new JsonObject { ["ready"] = true, ["serving"] = true, ["terminating"] = false },
        ["nodeName"] = pod.At("spec", "nodeName")?.DeepClone(),
        ["targetRef"] = new JsonObject { ["kind"] = "Pod", ["name"] = pod.Name, ["namespace"] = pod.Namespace, ["uid"] = pod.Uid },
    };

    private static JsonNode Port(JsonObject port, IReadOnlyList<JsonObject> pods)
    {
        var number = port["targetPort"].AsNumber() ?? pods.Select(pod => Named(pod, port["targetPort"].AsText())).FirstOrDefault(found => found is not null);
        var result = new JsonObject { ["name"] = port["name"].AsText() ?? "", ["port"] = number ?? port["port"].AsNumber(), ["protocol"] = port["protocol"].AsText() };
        if (port["appProtocol"].AsText() is { } protocol) result["appProtocol"] = protocol;
        return result;
    }

    private static long? Named(JsonObject pod, string? name) =>
        (pod.At("spec", "containers") as JsonArray ?? []).OfType<JsonObject>().SelectMany(container => container["ports"] as JsonArray ?? [])
            .FirstOrDefault(port => port?["name"].AsText() == name)?["containerPort"].AsNumber();
}
