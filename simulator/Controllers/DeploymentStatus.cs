using System.Globalization;
using System.Text.Json.Nodes;

namespace Orchestrator.Simulator.Controllers;

/// <summary>What a Deployment says about itself: counts, <c>Available</c>, <c>Progressing</c>, <c>ReplicaFailure</c>.</summary>
/// <remarks>Reasons and wording are those of kube-controller-manager, because tools read them.</remarks>
internal static class DeploymentStatus
{
    private const int DefaultProgressDeadlineSeconds = 600;
    private const string Complete = "NewReplicaSetAvailable";

    /// <summary>Writes the status.</summary>
    /// <param name="store">The cluster.</param>
    /// <param name="time">The clock.</param>
    /// <param name="deployment">The Deployment.</param>
    /// <param name="current">The ReplicaSet of its template; null while it is paused and has none.</param>
    /// <param name="owned">All its ReplicaSets.</param>
    /// <param name="created">Whether <paramref name="current"/> was made just now.</param>
    /// <returns>How long until the progress deadline, while it runs.</returns>
    public static TimeSpan? Update(
        ClusterStore store, TimeProvider time, JsonObject deployment, JsonObject? current, IReadOnlyList<JsonObject> owned, bool created)
    {
        var now = time.GetUtcNow();
        var desired = DeploymentController.Desired(deployment);
        var before = deployment["status"] as JsonObject;
        var status = before?.DeepClone().AsObject() ?? [];
        var sets = store.Snapshot(ResourceTypes.ReplicaSet, deployment.Namespace).Objects.Where(set => set.IsControlledBy(deployment)).ToArray();
        var available = Sum(sets, "availableReplicas");
        status["observedGeneration"] = deployment.Generation;
        Count(status, "replicas", Sum(sets, "replicas"));
        Count(status, "updatedReplicas", Sum(sets.Where(set => set.Name == current?.Name), "replicas"));
        Count(status, "readyReplicas", Sum(sets, "readyReplicas"));
        Count(status, "availableReplicas", available);
        Count(status, "unavailableReplicas", Math.Max(0, Math.Max(desired, Sum(sets, "replicas")) - available));

        if (available >= desired - DeploymentController.Strategy(deployment).MaxUnavailable)
            Conditions.Set(status, "Available", true, now, "MinimumReplicasAvailable", "Deployment has minimum availability.");
        else
            Conditions.Set(status, "Available", false, now, "MinimumReplicasUnavailable", "Deployment does not have minimum availability.");
        if (owned.Select(set => Conditions.Find(store.Find(ResourceTypes.ReplicaSet, set.Namespace, set.Name)?["status"], "ReplicaFailure"))
            .FirstOrDefault(failure => failure is not null) is { } failed)
            Conditions.Set(status, "ReplicaFailure", true, now, failed["reason"].AsText(), failed["message"].AsText());
        else
            Conditions.Remove(status, "ReplicaFailure");

        var wait = current is null ? null : Progress(deployment, status, before, current.Name, desired, created, now);
        store.UpdateStatus(ResourceTypes.Deployment, deployment.Namespace, deployment.Name, status);
        return wait;
    }

    private static TimeSpan? Progress(
        JsonObject deployment, JsonObject status, JsonObject? before, string current, int desired, bool created, DateTimeOffset now)
    {
        var progressing = Conditions.Find(status, "Progressing");
        // Pods that come or go after a completed rollout are no new rollout.
        if (!created && progressing?["reason"].AsText() == Complete && Number(status, "replicas") == Number(status, "updatedReplicas")) return null;

        if (Number(status, "updatedReplicas") == desired && Number(status, "replicas") == desired && Number(status, "availableReplicas") == desired)
        {
            Touch(Conditions.Set(status, "Progressing", true, now, Complete, $"ReplicaSet \"{current}\" has successfully progressed."), now);
            return null;
        }

        var moved = before is null || created || progressing is null
            || Number(status, "updatedReplicas") > Number(before, "updatedReplicas")
            || Number(status, "readyReplicas") > Number(before, "readyReplicas")
            || Number(status, "availableReplicas") > Number(before, "availableReplicas")
            || Number(status, "replicas") - Number(status, "updatedReplicas") < Number(before, "replicas") - Number(before, "updatedReplicas");
        if (moved || progressing!["reason"].AsText() == Complete)
        {
            var (reason, message) = created
                ? ("NewReplicaSetCreated", $"Created new replica set \"{current}\"") : ("ReplicaSetUpdated", $"ReplicaSet \"{current}\" is progressing.");
            Touch(progressing = Conditions.Set(status, "Progressing", true, now, reason, message), now);
        }

        // lastUpdateTime is cut to whole seconds: one more, so that the deadline never comes early.
        var deadline = TimeSpan.FromSeconds(1 + (deployment.At("spec", "progressDeadlineSeconds").AsNumber() ?? DefaultProgressDeadlineSeconds));
        var since = DateTimeOffset.TryParse(progressing["lastUpdateTime"].AsText(), CultureInfo.InvariantCulture, out var at) ? at : now;
        if (now - since < deadline) return deadline - (now - since);
        Conditions.Set(status, "Progressing", false, now, "ProgressDeadlineExceeded", $"ReplicaSet \"{current}\" has timed out progressing.");
        return null;
    }

    private static void Touch(JsonObject condition, DateTimeOffset now) => condition["lastUpdateTime"] = now.ToKubeTime();

    private static int Sum(IEnumerable<JsonObject> sets, string member) => sets.Sum(set => (int)(set.At("status", member).AsNumber() ?? 0));

    private static long Number(JsonObject status, string member) => status[member].AsNumber() ?? 0;

    /// <summary>Kubernetes leaves zero counts out.</summary>
    private static void Count(JsonObject status, string member, int count)
    {
        if (count == 0) status.Remove(member);
        else status[member] = count;
    }
}
