using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Orchestrator.Simulator.Store;

namespace Orchestrator.Simulator.Controllers;

/// <summary>The cloud's half of a load balancer: an address of its own for every Service of that type, on loopback.</summary>
internal sealed class LoadBalancers(ClusterStore store, SimulatorOptions options) : Controller
{
    private const int Last = 254;

    public override IEnumerable<ObjectKey> All() => store.Snapshot(ResourceTypes.Service).Objects.Select(service => service.Key);

    public override IEnumerable<(ObjectKey Key, TimeSpan After)> Wakes(ClusterEvent change) =>
        change.Type == ResourceTypes.Service && change.Kind != ClusterEventKind.Deleted ? [(change.Object.Key, options.Delays.LoadBalancer)] : [];

    public override TimeSpan? Reconcile(ObjectKey key)
    {
        if (store.Find(ResourceTypes.Service, key.Namespace, key.Name) is not { IsTerminating: false } service) return null;
        var wanted = service.At("spec", "type").AsText() == "LoadBalancer";
        if (wanted == (Address(service) is not null)) return null;
        var balancer = new JsonObject();
        if (wanted)
            balancer["ingress"] = new JsonArray(new JsonObject { ["ip"] = Free(service.At("spec", "loadBalancerIP").AsText()), ["ipMode"] = "VIP" });
        var status = service["status"]?.DeepClone() as JsonObject ?? [];
        status["loadBalancer"] = balancer;
        store.UpdateStatus(ResourceTypes.Service, key.Namespace, key.Name, status);
        return null;
    }

    /// <summary>The address of a Service's load balancer, or null.</summary>
    public static string? Address(JsonObject service) =>
        (service.At("status", "loadBalancer", "ingress") as JsonArray)?.FirstOrDefault().At("ip").AsText();

    private string Free(string? asked)
    {
        var taken = store.Snapshot(ResourceTypes.Service).Objects.Select(Address).ToHashSet();
        return asked is { Length: > 0 } && IPAddress.TryParse(asked, out var parsed) && IPAddress.IsLoopback(parsed) && !taken.Contains(asked) ? asked
            : Pool().First(address => !taken.Contains(address));
    }

    /// <summary>Away from the cluster's own address, and apart for clusters whose addresses differ.</summary>
    private IEnumerable<string> Pool()
    {
        var own = IPAddress.Parse(options.Address).GetAddressBytes();
        for (var network = 0; network < 256; network++)
            for (var host = 1; host <= Last; host++)
                yield return string.Create(CultureInfo.InvariantCulture, $"127.{(own[1] + 64) % 256}.{(own[3] + network) % 256}.{host}");
    }
}
