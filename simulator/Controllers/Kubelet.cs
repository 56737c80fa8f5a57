using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json.Nodes;
using Orchestrator.Simulator.Controllers.GatewayApi;
using Orchestrator.Simulator.Store;

namespace Orchestrator.Simulator.Controllers;

/// <summary>Schedules pods onto the one node and starts them: images pulled, containers running, probes green.</summary>
internal sealed class Kubelet(ClusterStore store, SimulatorOptions options, Faults faults) : Controller
{
    /// <summary>The cluster's only node; its address is where nodePorts listen.</summary>
    public const string NodeName = "simulated-node";

    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(200);

    /// <summary>When the next stage of a pod may come. Forgotten with the process: a restart only begins the wait again.</summary>
    private readonly ConcurrentDictionary<string, (string Stage, DateTimeOffset At)> due = new();

    private enum Stage { Pending, Creating, Running, Ready }

    /// <summary>Registers the node.</summary>
    public void EnsureNode()
    {
        if (store.Find(ResourceTypes.Node, null, NodeName) is null)
            store.Create(ResourceTypes.Node, new()
            {
                ["metadata"] = new JsonObject { ["name"] = NodeName, ["labels"] = new JsonObject { ["kubernetes.io/hostname"] = NodeName } },
                ["spec"] = new JsonObject { ["podCIDR"] = "10.244.0.0/16" },
            });
        var status = new JsonObject
        {
            ["addresses"] = new JsonArray(
                new JsonObject { ["type"] = "InternalIP", ["address"] = options.Address }, new JsonObject { ["type"] = "Hostname", ["address"] = NodeName }),
        };
        if (store.Get(ResourceTypes.Node, null, NodeName)["status"] is { } before) status["conditions"] = before["conditions"]?.DeepClone();
        Conditions.Set(status, "Ready", true, options.Time.GetUtcNow(), "KubeletReady", "the simulated node is ready");
        store.UpdateStatus(ResourceTypes.Node, null, NodeName, status);
    }

    public override IEnumerable<ObjectKey> All() => store.Snapshot(ResourceTypes.Pod).Objects.Select(pod => pod.Key);

    public override IEnumerable<(ObjectKey Key, TimeSpan After)> Wakes(ClusterEvent change)
    {
        if (change.Type != ResourceTypes.Pod) return [];
        if (change.Kind != ClusterEventKind.Deleted) return [(change.Object.Key, TimeSpan.Zero)];
        due.TryRemove(change.Object.Uid, out _);
        return [];
    }

    public override TimeSpan? Reconcile(ObjectKey key)
    {
        if (store.Find(ResourceTypes.Pod, key.Namespace, key.Name) is not { IsTerminating: false } pod) return null;
        switch (StageOf(pod))
        {
            case Stage.Pending:
                pod["spec"]!["nodeName"] = NodeName;
                store.Update(ResourceTypes.Pod, pod);
                WriteStatus(pod, Stage.Creating, "ContainerCreating");
                return null;
            case Stage.Creating when Wait(pod, "pull", options.Delays.Pull) is { } left:
                return left;
            case Stage.Creating when Images(pod).Contains(SidecarInjector.AutoImage):
                // Nobody replaced the placeholder. The pod stays so until it is deleted, as in a real cluster.
                WriteStatus(pod, Stage.Creating, "ImagePullBackOff", $"Back-off pulling image \"{SidecarInjector.AutoImage}\"");
                return null;
            case Stage.Creating when SidecarInjector.HasProxy(pod) && !RootCertificates.Exist(store, key.Namespace):
                // The proxy mounts the mesh's root certificate: without it no container starts.
                return Poll;
            case Stage.Creating when Wait(pod, "start", options.Delays.Start) is { } left:
                return left;
            case Stage.Creating:
                Redirect(pod);
                WriteStatus(pod, Stage.Running, null);
                return null;
            case Stage.Running when Wait(pod, "probe", options.Delays.Probe) is { } left:
                return left;
            case Stage.Running when IsHeldBack(pod):
                return Poll;
            case Stage.Running:
                WriteStatus(pod, Stage.Ready, null);
                due.TryRemove(pod.Uid, out _);
                return null;
            default:
                return null;
        }
    }

    /// <summary>Istio's node agent marks the pods whose traffic it sends through the node's proxy.</summary>
    private void Redirect(JsonObject pod)
    {
        if (!Waypoint.IsCaptured(pod, store.Find(ResourceTypes.Namespace, null, pod.Namespace!)) || !HasZtunnel()) return;
        if (pod.Metadata["annotations"] is not JsonObject annotations) pod.Metadata["annotations"] = annotations = [];
        annotations["ambient.istio.io/redirection"] = "enabled";
        store.Update(ResourceTypes.Pod, pod);
    }

    /// <summary>Whether the node has a proxy that takes pods in.</summary>
    private bool HasZtunnel() => store.Snapshot(ResourceTypes.Pod).Objects.Any(pod =>
        pod.Labels?["app"].AsText() == "ztunnel" && ReplicaSetController.IsReady(pod));

    private static Stage StageOf(JsonObject pod) =>
        pod.At("spec", "nodeName") is null ? Stage.Pending
        : ReplicaSetController.IsReady(pod) ? Stage.Ready
        : pod.At("status", "phase").AsText() == "Running" ? Stage.Running
        : Stage.Creating;

    /// <summary>A proxy's readiness probe succeeds once its istiod, which it must trust, has configured it; a fault may hold any pod back.</summary>
    private bool IsHeldBack(JsonObject pod) =>
        (SidecarInjector.HasProxy(pod) && !Proxies.CanConnect(store, pod))
        || (Workloads.Deployment(pod) is { } deployment && faults.Deployments.TryGetValue((pod.Namespace!, deployment), out var fault) && fault.NeverReady);

    /// <summary>What is left of a stage's delay; null when it is over.</summary>
    private TimeSpan? Wait(JsonObject pod, string stage, TimeSpan delay)
    {
        var now = options.Time.GetUtcNow();
        var stretched = delay * (1 + (Hashes.Number(pod.Uid + stage) % 1000 / 2000.0));
        var (_, at) = due.AddOrUpdate(pod.Uid, _ => (stage, now + stretched), (_, known) => Order(known.Stage) >= Order(stage) ? known : (stage, now + stretched));
        // A later stage is already under way.
        return due[pod.Uid].Stage == stage && at > now ? at - now : null;
    }

    private static int Order(string stage) => Array.IndexOf(["pull", "start", "probe"], stage);

    private void WriteStatus(JsonObject pod, Stage stage, string? waiting, string? message = null)
    {
        var now = options.Time.GetUtcNow();
        var status = store.Get(ResourceTypes.Pod, pod.Namespace, pod.Name)["status"] as JsonObject ?? [];
        var ready = stage == Stage.Ready;
        status["phase"] = waiting is null ? "Running" : "Pending";
        status["hostIP"] = options.Address;
        status["podIP"] ??= PodIp(pod);
        status["podIPs"] ??= new JsonArray(new JsonObject { ["ip"] = status["podIP"]!.DeepClone() });
        status["startTime"] ??= now.ToKubeTime();
        Conditions.Set(status, "PodScheduled", true, now);
        Conditions.Set(status, "Initialized", true, now);
        Conditions.Set(status, "ContainersReady", ready, now, ready ? null : "ContainersNotReady", ready ? null : "containers with unready status");
        Conditions.Set(status, "Ready", ready, now, ready ? null : "ContainersNotReady", ready ? null : "containers with unready status");
        status["containerStatuses"] = new JsonArray([.. Containers(pod).Select(container =>
        {
            var state = waiting is null
                ? new JsonObject { ["running"] = new JsonObject { ["startedAt"] = status["startTime"]!.DeepClone() } }
                : new JsonObject { ["waiting"] = new JsonObject { ["reason"] = waiting } };
            if (message is not null) state["waiting"]!["message"] = message;
            return new JsonObject
            {
                ["name"] = container["name"].AsText(), ["image"] = container["image"].AsText(), ["imageID"] = "", ["ready"] = ready,
                ["started"] = waiting is null, ["restartCount"] = 0, ["state"] = state,
            };
        })]);
        store.UpdateStatus(ResourceTypes.Pod, pod.Namespace, pod.Name, status);
    }

    private static IEnumerable<JsonObject> Containers(JsonObject pod) => (pod.At("spec", "containers") as JsonArray ?? []).OfType<JsonObject>();

    private static IEnumerable<string?> Images(JsonObject pod) => Containers(pod).Select(container => container["image"].AsText());

    private static string PodIp(JsonObject pod)
    {
        var number = Hashes.Number(pod.Uid);
        return string.Create(CultureInfo.InvariantCulture, $"10.244.{number >> 8 & 0xFF}.{1 + (number % 254)}");
    }
}
