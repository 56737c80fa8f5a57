using System.Text.Json.Nodes;

namespace Orchestrator.Simulator.Controllers;

/// <summary>Writes Kubernetes Events, one per object, reason and message, counted.</summary>
internal sealed class ClusterEvents(ClusterStore store, TimeProvider time)
{
    public void Warn(ResourceType type, JsonObject about, string reason, string message) => Record(type, about, "Warning", reason, message);

    public void Tell(ResourceType type, JsonObject about, string reason, string message) => Record(type, about, "Normal", reason, message);

    private void Record(ResourceType type, JsonObject about, string severity, string reason, string message)
    {
        var ns = about.Namespace ?? "default";
        var name = $"{about.Name}.{Hashes.Short($"{about.Uid}/{reason}/{message}")}";
        var now = time.GetUtcNow().ToKubeTime();
        try
        {
            if (store.Find(ResourceTypes.Event, ns, name) is { } seen)
            {
                seen["count"] = (seen["count"].AsNumber() ?? 1) + 1;
                seen["lastTimestamp"] = now;
                store.Update(ResourceTypes.Event, seen);
                return;
            }

            store.Create(ResourceTypes.Event, new()
            {
                ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = ns },
                ["involvedObject"] = new JsonObject
                {
                    ["apiVersion"] = type.ApiVersion,
                    ["kind"] = type.Kind,
                    ["namespace"] = about.Namespace,
                    ["name"] = about.Name,
                    ["uid"] = about.Uid,
                },
                ["type"] = severity,
                ["reason"] = reason,
                ["message"] = message,
                ["count"] = 1,
                ["firstTimestamp"] = now,
                ["lastTimestamp"] = now,
                ["source"] = new JsonObject { ["component"] = "simulated-cluster" },
                ["reportingComponent"] = "simulated-cluster",
                ["reportingInstance"] = "",
            });
        }
        catch (KubeException)
        {
            // The namespace goes away, and its events with it.
        }
    }
}
