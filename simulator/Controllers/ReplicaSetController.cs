using System.Text.Json.Nodes;
using Orchestrator.Simulator.Store;

namespace Orchestrator.Simulator.Controllers;

/// <summary>Keeps as many pods of a template as asked for.</summary>
internal sealed class ReplicaSetController(ClusterStore store, ClusterEvents events, TimeProvider time) : Controller
{
    private static readonly TimeSpan AfterFailedCreate = TimeSpan.FromSeconds(1);

    public override IEnumerable<ObjectKey> All() => store.Snapshot(ResourceTypes.ReplicaSet).Objects.Select(set => set.Key);

    public override IEnumerable<(ObjectKey Key, TimeSpan After)> Wakes(ClusterEvent change)
    {
        if (change.Type == ResourceTypes.ReplicaSet && change.Kind != ClusterEventKind.Deleted) yield return (change.Object.Key, TimeSpan.Zero);
        if (change.Type == ResourceTypes.Pod && change.Object.Controller is { } owner && owner["kind"].AsText() == "ReplicaSet")
            yield return (new(change.Object.Namespace!, owner["name"].AsText() ?? ""), TimeSpan.Zero);
    }

    public override TimeSpan? Reconcile(ObjectKey key)
    {
        if (store.Find(ResourceTypes.ReplicaSet, key.Namespace, key.Name) is not { IsTerminating: false } set) return null;
        var pods = Pods(set);
        var desired = (int)(set.At("spec", "replicas").AsNumber() ?? 1);
        KubeException? failure = null;
        for (var missing = desired - pods.Count; missing > 0 && failure is null; missing--)
            try
            {
                store.Create(ResourceTypes.Pod, NewPod(set));
            }
            catch (KubeException refused)
            {
                failure = refused;
                events.Warn(ResourceTypes.ReplicaSet, set, "FailedCreate", $"Error creating: {refused.Message}");
            }

        // As Kubernetes ranks them: what does not serve goes first, then what is youngest.
        foreach (var pod in pods.OrderBy(IsReady).ThenByDescending(pod => pod.ResourceVersion).Take(pods.Count - desired))
            store.Delete(ResourceTypes.Pod, key.Namespace, pod.Name);
        WriteStatus(set, failure);
        return failure is null ? null : AfterFailedCreate;
    }

    internal static bool IsReady(JsonObject pod) => Conditions.IsTrue(pod["status"], "Ready");

    private void WriteStatus(JsonObject set, KubeException? failure)
    {
        var pods = Pods(set);
        var ready = pods.Count(IsReady);
        var status = set["status"]?.DeepClone().AsObject() ?? [];
        status["observedGeneration"] = set.Generation;
        status["replicas"] = pods.Count;
        status["fullyLabeledReplicas"] = pods.Count;
        status["readyReplicas"] = ready;
        status["availableReplicas"] = ready;
        if (failure is null) Conditions.Remove(status, "ReplicaFailure");
        else Conditions.Set(status, "ReplicaFailure", true, time.GetUtcNow(), "FailedCreate", failure.Message);
        store.UpdateStatus(ResourceTypes.ReplicaSet, set.Namespace, set.Name, status);
    }

    private IReadOnlyList<JsonObject> Pods(JsonObject set) =>
        [.. store.Snapshot(ResourceTypes.Pod, set.Namespace).Objects.Where(pod => !pod.IsTerminating && pod.IsControlledBy(set))];

    private static JsonObject NewPod(JsonObject set)
    {
        var template = set.At("spec", "template") as JsonObject ?? [];
        var metadata = (template["metadata"] as JsonObject)?.DeepClone().AsObject() ?? [];
        metadata["generateName"] = $"{set.Name}-";
        metadata["namespace"] = set.Namespace;
        metadata["ownerReferences"] = set.AsController();
        return new() { ["metadata"] = metadata, ["spec"] = template["spec"]?.DeepClone() ?? new JsonObject() };
    }
}
