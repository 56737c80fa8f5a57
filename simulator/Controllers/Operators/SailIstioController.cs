using System.Text.Json.Nodes;
using Orchestrator.Simulator.Store;

namespace Orchestrator.Simulator.Controllers;

/// <summary>The Sail operator's half that makes an IstioRevision of every <c>Istio</c> and reports the active one.</summary>
internal sealed class SailIstioController(ClusterStore store, SimulatorDelays delays, TimeProvider time) : Controller
{
    private const int DefaultGraceSeconds = 30;
    private static readonly ResourceType Istios = ResourceTypes.SailIstio, Revisions = ResourceTypes.SailIstioRevision;

    public override IEnumerable<ObjectKey> All() => store.Snapshot(Istios).Objects.Select(istio => istio.Key);

    public override IEnumerable<(ObjectKey Key, TimeSpan After)> Wakes(ClusterEvent change) =>
        change.Type == Istios ? [(change.Object.Key, delays.Operator)]
        : SailOperator.Came(change) ? All().Select(key => (key, delays.Operator))
        : change.Type == Revisions && change.Object.Controller?["name"].AsText() is { } owner ? [(new("", owner), delays.Operator)]
        : [];

    public override TimeSpan? Reconcile(ObjectKey key)
    {
        if (!SailOperator.Runs(store) || store.Find(Istios, null, key.Name) is not { IsTerminating: false } istio) return null;
        var active = ActiveName(istio);
        ChildObjects.Ensure(store, Revisions, Revision(istio, active));
        var revisions = store.List(Revisions).Where(revision => revision.IsControlledBy(istio)).ToArray();
        var wait = Prune(istio, revisions, active);
        Report(istio, active, [.. revisions.Where(revision => store.Find(Revisions, null, revision.Name) is not null)]);
        return wait;
    }

    /// <summary>In place the revision is called as its Istio; else its version makes a new one of it.</summary>
    private static string ActiveName(JsonObject istio) => istio.At("spec", "updateStrategy", "type").AsText() == "RevisionBased"
        ? $"{istio.Name}-{istio.At("spec", "version").AsText()?.Replace('.', '-')}" : istio.Name;

    private static JsonObject Revision(JsonObject istio, string name)
    {
        var ns = istio.At("spec", "namespace").AsText();
        var values = istio.At("spec", "values")?.DeepClone() as JsonObject ?? [];
        if (values["global"] is not JsonObject global) values["global"] = global = [];
        global["istioNamespace"] = ns;
        if (istio.At("spec", "profile").AsText() is { } profile) values["profile"] = profile;
        values["revision"] = name == Istio.DefaultRevision ? "" : name;
        return new()
        {
            ["metadata"] = new JsonObject { ["name"] = name, ["ownerReferences"] = istio.AsController() },
            ["spec"] = new JsonObject
            {
                ["type"] = "Local",
                ["version"] = istio.At("spec", "version").AsText(),
                ["namespace"] = ns,
                ["values"] = values,
            },
        };
    }

    /// <summary>Deletes revisions that nobody has used for a while.</summary>
    /// <returns>When to look again; null when none waits.</returns>
    private TimeSpan? Prune(JsonObject istio, JsonObject[] revisions, string active)
    {
        var grace = TimeSpan.FromSeconds(
            istio.At("spec", "updateStrategy", "inactiveRevisionDeletionGracePeriodSeconds").AsNumber() ?? DefaultGraceSeconds);
        TimeSpan? wait = null;
        foreach (var revision in revisions.Where(revision => revision.Name != active))
        {
            if (Conditions.Find(revision["status"], SailRevisionController.InUse) is not { } use || use["status"].AsText() != "False"
                || !DateTimeOffset.TryParse(use["lastTransitionTime"].AsText(), out var since)) continue;
            var left = since + grace - time.GetUtcNow();
            if (left <= TimeSpan.Zero) store.Delete(Revisions, null, revision.Name);
            else if (wait is null || left < wait) wait = left;
        }

        return wait;
    }

    private void Report(JsonObject istio, string active, JsonObject[] revisions)
    {
        var now = time.GetUtcNow();
        var status = istio["status"]?.DeepClone() as JsonObject ?? [];
        status["observedGeneration"] = istio.Generation;
        status["activeRevisionName"] = active;
        var current = store.Find(Revisions, null, active);
        // What the revision says of an older spec of its own says nothing of this one.
        var observed = current is not null && current.At("status", "observedGeneration").AsNumber() == current.Generation;
        foreach (var type in new[] { "Reconciled", "Ready", "DependenciesHealthy" })
        {
            var condition = observed ? Conditions.Find(current!["status"], type) : null;
            Conditions.Set(status, type, condition?["status"].AsText() == "True", now,
                condition?["reason"].AsText() ?? "RevisionNotObserved",
                condition?["message"].AsText() ?? $"IstioRevision {active} has not been reconciled yet");
        }

        status["state"] = observed ? current.At("status", "state").AsText() : "RevisionNotObserved";
        status["revisions"] = new JsonObject
        {
            ["total"] = revisions.Length,
            ["ready"] = revisions.Count(revision => Conditions.IsTrue(revision["status"], "Ready")),
            ["inUse"] = revisions.Count(revision => Conditions.IsTrue(revision["status"], SailRevisionController.InUse)),
        };
        store.UpdateStatus(Istios, null, istio.Name, status);
    }
}
