using System.Text.Json.Nodes;
using Orchestrator.Simulator.Store;

namespace Orchestrator.Simulator.Controllers;

/// <summary>The Sail operator's half that installs the control plane of every <c>IstioRevision</c>.</summary>
internal sealed class SailRevisionController(ClusterStore store, SimulatorDelays delays, TimeProvider time) : Controller
{
    /// <summary>The condition that says whether namespaces or pods name the revision.</summary>
    public const string InUse = "InUse";

    private static readonly TimeSpan AfterError = TimeSpan.FromSeconds(1);
    private static readonly ResourceType Revisions = ResourceTypes.SailIstioRevision;

    public override IEnumerable<ObjectKey> All() => store.Snapshot(Revisions).Objects.Select(revision => revision.Key);

    public override IEnumerable<(ObjectKey Key, TimeSpan After)> Wakes(ClusterEvent change) =>
        change.Type == Revisions ? [(change.Object.Key, delays.Operator)]
        : change.Type == ResourceTypes.Namespace || SailOperator.Came(change) ? All().Select(key => (key, delays.Operator))
        : change.Object.Owners.FirstOrDefault(owner => owner["kind"].AsText() == Revisions.Kind) is { } owner
            ? [(new("", owner["name"].AsText() ?? ""), delays.Operator)]
        : [];

    public override TimeSpan? Reconcile(ObjectKey key)
    {
        if (!SailOperator.Runs(store) || store.Find(Revisions, null, key.Name) is not { IsTerminating: false } revision) return null;
        string? failure = null;
        try
        {
            foreach (var (type, obj) in IstiodChart.Render(Values(revision)))
            {
                obj.Metadata["ownerReferences"] = revision.AsController();
                ChildObjects.Ensure(store, type, obj);
            }
        }
        catch (KubeException refused)
        {
            failure = refused.Message;
        }

        Report(revision, failure);
        return failure is null ? null : AfterError;
    }

    private static IstiodValues Values(JsonObject revision)
    {
        var values = revision.At("spec", "values") as JsonObject ?? [];
        var pilot = values["pilot"] as JsonObject ?? [];
        var autoscaler = new JsonObject();
        if (pilot["autoscaleMin"].AsNumber() is { } min) autoscaler["minReplicas"] = min;
        if (pilot["autoscaleMax"].AsNumber() is { } max) autoscaler["maxReplicas"] = max;
        return new(revision.At("spec", "namespace").AsText() ?? Istio.SystemNamespace, revision.Name,
            (revision.At("spec", "version").AsText() ?? "").TrimStart('v').Replace("-latest", "", StringComparison.Ordinal))
        {
            Environment = new([.. Environment(values, pilot)
                .Select(variable => new JsonObject { ["name"] = variable.Key, ["value"] = variable.Value })]),
            MeshConfig = values["meshConfig"] as JsonObject ?? [],
            Autoscaler = autoscaler,
        };
    }

    private static Dictionary<string, string?> Environment(JsonObject values, JsonObject pilot)
    {
        var environment = new Dictionary<string, string?>();
        if (values["profile"].AsText() == "ambient") environment["PILOT_ENABLE_AMBIENT"] = "true";
        foreach (var (name, value) in pilot["env"] as JsonObject ?? []) environment[name] = value.AsText();
        return environment;
    }

    private void Report(JsonObject revision, string? failure)
    {
        var now = time.GetUtcNow();
        var status = revision["status"]?.DeepClone() as JsonObject ?? [];
        var istiod = store.Find(ResourceTypes.Deployment, Values(revision).Namespace, IstiodChart.ServiceName(revision.Name));
        var ready = istiod is not null && istiod.At("status", "observedGeneration").AsNumber() == istiod.Generation
            && istiod.At("status", "readyReplicas").AsNumber() >= DeploymentController.Desired(istiod);
        var used = IsInUse(revision.Name);
        status["observedGeneration"] = revision.Generation;
        Set("Reconciled", failure is null, "ReconcileError", failure);
        Set("Ready", ready, "IstiodNotReady", "not all istiod pods are ready");
        Set("DependenciesHealthy", true, "", null);
        Conditions.Set(status, InUse, used, now, used ? "ReferencedByWorkloads" : "NotReferenced",
            used ? "Referenced by at least one pod or namespace" : "Not referenced by any pod or namespace");
        status["state"] = failure is not null ? "ReconcileError" : ready ? "Healthy" : "IstiodNotReady";
        store.UpdateStatus(Revisions, null, revision.Name, status);

        void Set(string type, bool holds, string reason, string? message) =>
            Conditions.Set(status, type, holds, now, holds ? type : reason, holds ? null : message);
    }

    private bool IsInUse(string revision) => store.Snapshot(ResourceTypes.Namespace).Objects.Any(ns => Mentions(ns.Labels, revision))
        || store.Snapshot(ResourceTypes.Pod).Objects.Any(pod => pod.At("metadata", "annotations", Istio.RevisionLabel).AsText() == revision);

    private static bool Mentions(JsonObject? labels, string revision) => labels?[Istio.RevisionLabel].AsText() == revision
        || (revision == Istio.DefaultRevision && labels?["istio-injection"].AsText() == "enabled");
}
