using System.Text.Json.Nodes;

namespace Orchestrator.Simulator.Kinds;

internal static class Namespaces
{
    /// <summary>The name as a label, so that selectors can name one namespace, and a phase.</summary>
    public static void Default(JsonObject ns)
    {
        if (ns.Labels is null) ns.Metadata["labels"] = new JsonObject();
        ns.Labels!["kubernetes.io/metadata.name"] = ns.Name;
        ns["spec"] ??= new JsonObject { ["finalizers"] = new JsonArray("kubernetes") };
        ns["status"] ??= new JsonObject { ["phase"] = "Active" };
    }
}
