using System.Text.Json.Nodes;

namespace Orchestrator.Simulator.Controllers;

/// <summary>The Sail operator's own Deployment: as long as none of its pods is ready, nobody acts on its resources.</summary>
internal static class SailOperator
{
    private const string Name = "sail-operator";
    private const string Component = "app.kubernetes.io/component";

    /// <summary>Installs it, as its chart does.</summary>
    public static void Install(ClusterStore store)
    {
        if (store.Find(ResourceTypes.Namespace, null, Name) is not null) return;
        var labels = new Dictionary<string, string> { [Component] = Name };
        store.Create(ResourceTypes.Namespace, new() { ["metadata"] = new JsonObject { ["name"] = Name } });
        store.Create(ResourceTypes.Deployment, ChartObjects.New(Name, Name, labels, "spec", new()
        {
            ["replicas"] = 1,
            ["selector"] = new JsonObject { ["matchLabels"] = ChartObjects.Map(labels) },
            ["template"] = new JsonObject
            {
                ["metadata"] = new JsonObject { ["labels"] = ChartObjects.Map(labels) },
                ["spec"] = new JsonObject
                {
                    ["containers"] = new JsonArray(new JsonObject { ["name"] = Name, ["image"] = "quay.io/sail-dev/sail-operator:1.30.3" }),
                },
            },
        }));
    }

    /// <summary>Whether one is ready, in whichever namespace.</summary>
    public static bool Runs(ClusterStore store) => store.Snapshot(ResourceTypes.Deployment).Objects.Any(IsReady);

    /// <summary>Whether a change made it ready: it looks at all that was written meanwhile.</summary>
    public static bool Came(ClusterEvent change) =>
        change.Type == ResourceTypes.Deployment && IsReady(change.Object) && (change.Previous is null || !IsReady(change.Previous));

    private static bool IsReady(JsonObject deployment) =>
        deployment.Labels?[Component].AsText() == Name && deployment.At("status", "readyReplicas").AsNumber() > 0;
}
