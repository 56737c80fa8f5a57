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
    /// <exception cref="KubeException">422 when it is invalid.</exception>
    public static void Admit(ClusterStore store, ResourceType type, JsonObject obj, JsonObject? old)
    {
        Schemas.Validate(type, obj);
        if (type.Custom) IstioRules.Validate(type, obj);
        if (type == ResourceTypes.Namespace) Namespaces.Default(obj);
        if (type == ResourceTypes.Service) Services.Admit(store, obj, old);
        if (type == ResourceTypes.Deployment || type == ResourceTypes.ReplicaSet || type == ResourceTypes.HorizontalPodAutoscaler)
            Workloads.Admit(type, obj, old);
        if (type == ResourceTypes.Pod && old is null)
        {
            MutatingWebhooks.Admit(store, obj);
            Workloads.Admit(type, obj, old);
        }
    }
}
