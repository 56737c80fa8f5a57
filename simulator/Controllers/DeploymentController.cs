using System.Globalization;
using System.Text.Json.Nodes;
using Orchestrator.Simulator.Store;

namespace Orchestrator.Simulator.Controllers;

/// <summary>Keeps a ReplicaSet for every template of a Deployment and moves pods from the old ones to the new one.</summary>
internal sealed class DeploymentController(ClusterStore store, ClusterEvents events, TimeProvider time) : Controller
{
    public const string TemplateHash = "pod-template-hash";
    private const string Revision = "deployment.kubernetes.io/revision";
    private const int DefaultRevisionHistoryLimit = 10;

    public override IEnumerable<ObjectKey> All() => store.Snapshot(ResourceTypes.Deployment).Objects.Select(deployment => deployment.Key);

    public override IEnumerable<(ObjectKey Key, TimeSpan After)> Wakes(ClusterEvent change)
    {
        if (change.Type == ResourceTypes.Deployment && change.Kind != ClusterEventKind.Deleted) yield return (change.Object.Key, TimeSpan.Zero);
        if (change.Type == ResourceTypes.ReplicaSet && change.Object.Controller?["name"].AsText() is { } owner)
            yield return (new(change.Object.Namespace!, owner), TimeSpan.Zero);
    }

    public override TimeSpan? Reconcile(ObjectKey key)
    {
        if (store.Find(ResourceTypes.Deployment, key.Namespace, key.Name) is not { IsTerminating: false } deployment) return null;
        var owned = store.List(ResourceTypes.ReplicaSet, key.Namespace).Where(set => set.IsControlledBy(deployment)).OrderBy(RevisionOf).ToList();
        var template = deployment.At("spec", "template") as JsonObject ?? [];
        var hash = Hashes.Short(template.ToJsonString());
        var current = owned.FirstOrDefault(set => set.Labels?[TemplateHash].AsText() == hash);
        var paused = deployment.At("spec", "paused") is JsonValue flag && flag.TryGetValue<bool>(out var isPaused) && isPaused;
        var created = false;
        if (current is null && !paused)
        {
            current = store.Create(ResourceTypes.ReplicaSet, NewReplicaSet(deployment, template, hash, owned.Select(RevisionOf).DefaultIfEmpty().Max() + 1));
            owned.Add(current);
            created = true;
        }

        if (current is not null)
        {
            MakeLatest(current, owned);
            Scale(deployment, current, [.. owned.Where(set => set != current)]);
        }

        return DeploymentStatus.Update(store, time, deployment, current, owned, created);
    }

    internal static int Desired(JsonObject deployment) => (int)(deployment.At("spec", "replicas").AsNumber() ?? 1);

    internal static RollingUpdate Strategy(JsonObject deployment)
    {
        var rolling = deployment.At("spec", "strategy", "rollingUpdate");
        return RollingUpdate.For(Desired(deployment), rolling?["maxSurge"]?.ToString(), rolling?["maxUnavailable"]?.ToString());
    }

    private void Scale(JsonObject deployment, JsonObject current, IReadOnlyList<JsonObject> old)
    {
        IReadOnlyDictionary<string, int> sizes;
        if (deployment.At("spec", "strategy", "type").AsText() == "Recreate" && old.Any(set => Replicas(set) + Existing(set) > 0))
            sizes = old.Where(set => Replicas(set) > 0).ToDictionary(set => set.Name, _ => 0);
        else
            sizes = Strategy(deployment).Next(Size(current), [.. old.Select(Size)]);
        foreach (var (name, replicas) in sizes)
        {
            var set = store.Get(ResourceTypes.ReplicaSet, deployment.Namespace, name);
            var before = Replicas(set);
            set["spec"]!["replicas"] = replicas;
            store.Update(ResourceTypes.ReplicaSet, set);
            events.Tell(ResourceTypes.Deployment, deployment, "ScalingReplicaSet",
                $"Scaled {(replicas > before ? "up" : "down")} replica set {name} from {before} to {replicas}");
        }

        var limit = (int)(deployment.At("spec", "revisionHistoryLimit").AsNumber() ?? DefaultRevisionHistoryLimit);
        foreach (var forgotten in old.Where(set => Replicas(set) + Existing(set) == 0).SkipLast(limit))
            store.Delete(ResourceTypes.ReplicaSet, forgotten.Namespace, forgotten.Name);
    }

    /// <summary>A template that comes back, as by <c>kubectl rollout undo</c>, gets the newest revision.</summary>
    private void MakeLatest(JsonObject current, IReadOnlyList<JsonObject> owned)
    {
        var latest = owned.Max(RevisionOf);
        if (RevisionOf(current) == latest) return;
        current["metadata"]!["annotations"]![Revision] = (latest + 1).ToString(CultureInfo.InvariantCulture);
        current["metadata"]!["resourceVersion"] = store.Update(ResourceTypes.ReplicaSet, current).At("metadata", "resourceVersion")!.DeepClone();
    }

    private static JsonObject NewReplicaSet(JsonObject deployment, JsonObject template, string hash, long revision)
    {
        var labeled = template.DeepClone().AsObject();
        if (labeled.Labels is null) labeled.Metadata["labels"] = new JsonObject();
        labeled.Labels![TemplateHash] = hash;
        var selector = deployment.At("spec", "selector")?.DeepClone().AsObject() ?? [];
        if (selector["matchLabels"] is not JsonObject matchLabels) selector["matchLabels"] = matchLabels = [];
        matchLabels[TemplateHash] = hash;
        return new()
        {
            ["metadata"] = new JsonObject
            {
                ["name"] = $"{deployment.Name}-{hash}",
                ["namespace"] = deployment.Namespace,
                ["labels"] = labeled.Labels!.DeepClone(),
                ["annotations"] = new JsonObject { [Revision] = revision.ToString(CultureInfo.InvariantCulture) },
                ["ownerReferences"] = deployment.AsController(),
            },
            ["spec"] = new JsonObject { ["replicas"] = 0, ["selector"] = selector, ["template"] = labeled },
        };
    }

    private static long RevisionOf(JsonObject set) =>
        long.TryParse(set.At("metadata", "annotations", Revision).AsText(), NumberStyles.None, CultureInfo.InvariantCulture, out var revision) ? revision : 0;

    private static ReplicaSetSize Size(JsonObject set) => new(set.Name, Replicas(set), (int)(set.At("status", "availableReplicas").AsNumber() ?? 0));

    private static int Replicas(JsonObject set) => (int)(set.At("spec", "replicas").AsNumber() ?? 0);

    private static int Existing(JsonObject set) => (int)(set.At("status", "replicas").AsNumber() ?? 0);
}
