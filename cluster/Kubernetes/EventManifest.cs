using System.Globalization;
using System.Text.Json.Nodes;
using Orchestrator.Domain;

namespace Orchestrator.Cluster.Kubernetes;

/// <summary>The Event by which a cluster tells of an announcement.</summary>
public static class EventManifest
{
    /// <summary>The Event of an announcement; its name tells it from every other in the namespace.</summary>
    public static JsonObject Of(Announcement announcement, string name, DateTime at)
    {
        var time = at.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
        return new()
        {
            ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = announcement.Namespace },

            // The API server wants an Event in the namespace that it says its object is in, and takes that of a Namespace, too.
            ["involvedObject"] = new JsonObject
            {
                ["apiVersion"] = "v1",
                ["kind"] = announcement.Kind,
                ["name"] = announcement.Name,
                ["namespace"] = announcement.Namespace,
            },
            ["reason"] = announcement.Reason,
            ["message"] = announcement.Message,
            ["type"] = announcement.IsWarning ? "Warning" : "Normal",
            ["source"] = new JsonObject { ["component"] = "orchestrator" },
            ["firstTimestamp"] = time,
            ["lastTimestamp"] = time,
            ["count"] = 1,
        };
    }
}
