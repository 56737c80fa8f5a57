using System.Text.Json.Nodes;
using Orchestrator.Simulator.Store;

namespace Orchestrator.Simulator.Controllers;

/// <summary>Istio's operator, as it was up to 1.23: makes the children of every IstioOperator, reports, and takes them away with it.</summary>
/// <remarks>
/// It reacts late and keeps no <c>observedGeneration</c>, so an old <c>HEALTHY</c> says nothing about a new spec; and it is content with
/// <c>readyReplicas ≥ spec.replicas</c>, which is 1 until the autoscaler has acted.
/// </remarks>
internal sealed class IstioOperatorController(ClusterStore store, ClusterEvents events, SimulatorDelays delays) : Controller
{
    private const string Finalizer = "istio-finalizer.install.istio.io";
    private const string Ignored = "install.istio.io/ignoreReconcile";
    private static readonly TimeSpan AfterError = TimeSpan.FromSeconds(1);
    private static readonly ResourceType Iop = ResourceTypes.IstioOperator;

    private static readonly ResourceType[] ChildTypes =
    [
        ResourceTypes.Deployment, ResourceTypes.HorizontalPodAutoscaler, ResourceTypes.PodDisruptionBudget, ResourceTypes.Service,
        ResourceTypes.ConfigMap, ResourceTypes.ServiceAccount, ResourceTypes.MutatingWebhookConfiguration,
        ResourceTypes.ValidatingWebhookConfiguration,
    ];

    public override IEnumerable<ObjectKey> All() => store.Snapshot(Iop).Objects.Select(iop => iop.Key);

    public override IEnumerable<(ObjectKey Key, TimeSpan After)> Wakes(ClusterEvent change) =>
        change.Type == Iop ? [(change.Object.Key, delays.Operator)]
        : change.Object.Labels?[IstioOperatorChildren.Owner].AsText() is { } owner
          && change.Object.Labels![IstioOperatorChildren.OwnerNamespace].AsText() is { } ns ? [(new(ns, owner), delays.Operator)]
        : [];

    public override TimeSpan? Reconcile(ObjectKey key)
    {
        if (store.Find(Iop, key.Namespace, key.Name) is not { } iop) return null;
        if (iop.At("metadata", "annotations", Ignored).AsText() == "true") return null;
        if (iop.IsTerminating)
        {
            Prune(iop, []);
            Release(iop);
            return null;
        }

        if (!Finalizers(iop).Any(entry => entry.AsText() == Finalizer))
        {
            Finalizers(iop).Add(Finalizer);
            iop = store.Update(Iop, iop);
        }

        var children = IstioOperatorChildren.Of(iop);
        if (iop.At("status", "status").AsText() is null) Report(iop, children, "RECONCILING");
        Prune(iop, children);
        var errors = new Dictionary<string, string>();
        foreach (var child in children)
            try
            {
                if (ChildObjects.Ensure(store, child.Type, child.Object)) Report(iop, children, "RECONCILING");
            }
            catch (KubeException refused)
            {
                errors.TryAdd(child.Component, refused.Message);
            }

        var waiting = children.Where(child => child.Type == ResourceTypes.Deployment && !IsReady(child)).Select(child => child.Component).ToHashSet();
        Report(iop, children, errors.Count > 0 ? "ERROR" : waiting.Count > 0 ? "RECONCILING" : "HEALTHY", errors, waiting);
        if (errors.Count == 0) return null;
        events.Warn(Iop, iop, "ReconcileError", string.Join("; ", errors.Values));
        return AfterError;
    }

    /// <summary>Deletes what this IstioOperator made and no longer asks for.</summary>
    private void Prune(JsonObject iop, IReadOnlyList<Child> wanted)
    {
        var labels = LabelSelector.Equal(
        [
            KeyValuePair.Create(IstioOperatorChildren.Owner, iop.Name),
                KeyValuePair.Create(IstioOperatorChildren.OwnerNamespace, iop.Namespace ?? ""),
        ]);
        foreach (var type in ChildTypes)
            foreach (var obj in store.List(type, selector: labels))
                if (!wanted.Any(child => child.Type == type && child.Object.Name == obj.Name
                    && (!type.Namespaced || child.Object.Namespace == obj.Namespace)))
                    store.Delete(type, obj.Namespace, obj.Name);
    }

    private void Release(JsonObject iop)
    {
        var finalizers = Finalizers(iop);
        foreach (var ours in finalizers.Where(entry => entry.AsText() == Finalizer).ToArray()) finalizers.Remove(ours);
        store.Update(Iop, iop);
    }

    private bool IsReady(Child child) => store.Find(child.Type, child.Object.Namespace, child.Object.Name) is { } deployment
        && (deployment.At("status", "readyReplicas").AsNumber() ?? 0) >= DeploymentController.Desired(deployment);

    private void Report(
        JsonObject iop, IReadOnlyList<Child> children, string status, Dictionary<string, string>? errors = null, HashSet<string>? waiting = null)
    {
        var components = new JsonObject();
        foreach (var component in children.Select(child => child.Component).Distinct())
            components[component] = errors?.GetValueOrDefault(component) is { } error
                ? new JsonObject { ["status"] = "ERROR", ["error"] = error }
                : new JsonObject { ["status"] = waiting?.Contains(component) == false ? "HEALTHY" : "RECONCILING" };
        var report = new JsonObject { ["status"] = status, ["componentStatus"] = components };
        if (errors is { Count: > 0 }) report["message"] = string.Join("; ", errors.Select(error => $"{error.Key}: {error.Value}"));
        store.UpdateStatus(Iop, iop.Namespace, iop.Name, report);
    }

    private static JsonArray Finalizers(JsonObject iop)
    {
        if (iop.Metadata["finalizers"] is not JsonArray finalizers) iop.Metadata["finalizers"] = finalizers = [];
        return finalizers;
    }
}
