using System.Text.Json.Nodes;
using Orchestrator.Simulator.Store;

namespace Orchestrator.Simulator.Controllers;

/// <summary>Keeps a Deployment within the bounds of its autoscaler. There is no metrics server, so nothing else moves it.</summary>
internal sealed class HorizontalPodAutoscalerController(ClusterStore store, SimulatorDelays delays, TimeProvider time) : Controller
{
    private static readonly ResourceType Hpa = ResourceTypes.HorizontalPodAutoscaler;

    public override IEnumerable<ObjectKey> All() => store.Snapshot(Hpa).Objects.Select(hpa => hpa.Key);

    public override IEnumerable<(ObjectKey Key, TimeSpan After)> Wakes(ClusterEvent change) =>
        change.Kind == ClusterEventKind.Deleted ? []
        : change.Type == Hpa ? [(change.Object.Key, delays.Autoscale)]
        : change.Type == ResourceTypes.Deployment
            ? store.Snapshot(Hpa, change.Object.Namespace).Objects.Where(hpa => Target(hpa) == change.Object.Name).Select(hpa => (hpa.Key, delays.Autoscale))
        : [];

    public override TimeSpan? Reconcile(ObjectKey key)
    {
        if (store.Find(Hpa, key.Namespace, key.Name) is not { IsTerminating: false } hpa) return null;
        var now = time.GetUtcNow();
        var status = hpa["status"] as JsonObject ?? [];
        if (store.Find(ResourceTypes.Deployment, key.Namespace, Target(hpa)) is not { } deployment)
        {
            status["currentReplicas"] = 0;
            status["desiredReplicas"] = 0;
            Conditions.Set(status, "AbleToScale", false, now, "FailedGetScale",
                $"the HPA controller was unable to get the target's current scale: deployments.apps \"{Target(hpa)}\" not found");
            store.UpdateStatus(Hpa, key.Namespace, key.Name, status);
            return null;
        }

        var replicas = DeploymentController.Desired(deployment);
        var min = (int)(hpa.At("spec", "minReplicas").AsNumber() ?? 1);
        // Somebody who scales to zero by hand turns the autoscaler off.
        var desired = replicas == 0 ? 0 : Math.Clamp(replicas, min, Math.Max(min, (int)(hpa.At("spec", "maxReplicas").AsNumber() ?? min)));
        Conditions.Set(status, "AbleToScale", true, now, "SucceededGetScale", "the HPA controller was able to get the target's current scale");
        Conditions.Set(status, "ScalingActive", false, now, replicas == 0 ? "ScalingDisabled" : "FailedGetResourceMetric", replicas == 0
            ? "scaling is disabled since the replica count of the target is zero"
            : "the HPA was unable to compute the replica count: failed to get cpu utilization: unable to get metrics for resource cpu: "
              + "no metrics returned from resource metrics API");
        if (desired != replicas)
        {
            deployment["spec"]!["replicas"] = desired;
            store.Update(ResourceTypes.Deployment, deployment);
            status["lastScaleTime"] = now.ToKubeTime();
        }

        status["currentReplicas"] = deployment.At("status", "replicas").AsNumber() ?? 0;
        status["desiredReplicas"] = desired;
        store.UpdateStatus(Hpa, key.Namespace, key.Name, status);
        return null;
    }

    private static string Target(JsonObject hpa) =>
        hpa.At("spec", "scaleTargetRef", "kind").AsText() == "Deployment" ? hpa.At("spec", "scaleTargetRef", "name").AsText() ?? "" : "";
}
