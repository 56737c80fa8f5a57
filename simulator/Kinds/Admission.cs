using System.Text.Json.Nodes;
using Orchestrator.Simulator.Controllers;

namespace Orchestrator.Simulator.Kinds;

/// <summary>What the API server does to an object of a certain kind before it stores it: defaults, allocations, validation.</summary>
internal static class Admission
{
    /// <summary>Completes an object in place.</summary>
    /// <param name="store">The cluster, whose lock is held.</param>
    /// <param name="type">Which kind.</param>
    /// <param name="obj">The object to be stored.</param>
    /// <param name="old">What is stored now; null when the object is new.</param>
    /// <param name="dryRun">Whether nothing will be stored.</param>
    /// <exception cref="KubeException">422 when it is invalid, 400 when a webhook refuses it, 500 when one that must not fail cannot be
    /// called.</exception>
    public static void Admit(ClusterStore store, ResourceType type, JsonObject obj, JsonObject? old, bool dryRun)
    {
        if (type.Custom) Schemas.Default(type, obj);
        Schemas.Validate(type, obj);
        if (type.Custom && !obj.IsTerminating) AdmissionWebhooks.Validate(store, type, obj, old is null, dryRun);
        if (type == ResourceTypes.Namespace) Namespaces.Default(obj);
        if (type == ResourceTypes.Service) Services.Admit(store, obj, old);
        if (type == ResourceTypes.Deployment || type == ResourceTypes.ReplicaSet || type == ResourceTypes.HorizontalPodAutoscaler)
            Workloads.Admit(type, obj, old);
        if (type == ResourceTypes.Pod && old is null)
        {
            AdmissionWebhooks.Mutate(store, obj, dryRun);
            Workloads.Admit(type, obj, old);
        }
    }
}
