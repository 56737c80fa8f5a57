using System.Net;
using System.Text.Json.Nodes;

namespace Orchestrator.Simulator.Kinds;

/// <summary>Defaults of Services, their cluster IPs and their nodePorts.</summary>
internal static class Services
{
    /// <summary>The default <c>--service-node-port-range</c> of the real API server.</summary>
    private const int FirstNodePort = 30000, LastNodePort = 32767;

    /// <summary>Static allocations sit below this by convention, so free ports are sought above it first.</summary>
    private const int FirstDynamicNodePort = 30086;

    /// <summary>10.96.0.0/16, the default of kubeadm; .1 is the API server's own.</summary>
    private const uint ClusterNetwork = 0x0A600000;

    private static readonly string[] Types = ["ClusterIP", "NodePort", "LoadBalancer", "ExternalName"];

    public static void Admit(ClusterStore store, JsonObject service, JsonObject? old)
    {
        if (service["spec"] is not JsonObject spec) service["spec"] = spec = [];
        spec["type"] ??= "ClusterIP";
        spec["sessionAffinity"] ??= "None";
        spec["internalTrafficPolicy"] ??= "Cluster";
        var ports = spec["ports"] as JsonArray ?? [];
        foreach (var port in ports.OfType<JsonObject>())
        {
            port["protocol"] ??= "TCP";
            port["targetPort"] ??= port["port"]?.DeepClone();
        }
        var causes = new List<KubeCause>();
        var type = spec["type"].AsText() ?? "";
        if (!Types.Contains(type))
            causes.Add(new("FieldValueNotSupported",
                $"Unsupported value: \"{type}\": supported values: {string.Join(", ", Types.Select(known => $"\"{known}\""))}", "spec.type"));
        if (ports.Count == 0 && type != "ExternalName" && spec["clusterIP"].AsText() != "None")
            causes.Add(new("FieldValueRequired", "Required value", "spec.ports"));
        ValidatePorts(ports, causes);
        if (causes.Count == 0)
        {
            AllocateClusterIp(store, service, spec, old, type);
            AllocateNodePorts(store, service, ports, old, type, causes);
        }
        if (causes.Count > 0) throw KubeException.Invalid(ResourceTypes.Service, service.Name, causes);
        service["status"] ??= new JsonObject { ["loadBalancer"] = new JsonObject() };
    }

    private static void ValidatePorts(JsonArray ports, List<KubeCause> causes)
    {
        var names = new HashSet<string>();
        for (var i = 0; i < ports.Count; i++)
        {
            var number = ports[i]?["port"].AsNumber();
            if (number is not (>= 1 and <= 65535))
                causes.Add(new("FieldValueInvalid",
                    $"Invalid value: {number ?? 0}: must be between 1 and 65535, inclusive", $"spec.ports[{i}].port"));
            var name = ports[i]?["name"].AsText();
            if (name is null && ports.Count > 1) causes.Add(new("FieldValueRequired", "Required value", $"spec.ports[{i}].name"));
            else if (name is not null && !names.Add(name))
                causes.Add(new("FieldValueDuplicate", $"Duplicate value: \"{name}\"", $"spec.ports[{i}].name"));
        }
    }

    private static void AllocateClusterIp(ClusterStore store, JsonObject service, JsonObject spec, JsonObject? old, string type)
    {
        if (type == "ExternalName")
        {
            spec.Remove("clusterIP");
            spec.Remove("clusterIPs");
            return;
        }
        var kept = old.At("spec", "clusterIP").AsText();
        var asked = spec["clusterIP"].AsText();
        if (kept is { Length: > 0 } && asked is { Length: > 0 } && asked != kept)
            throw KubeException.Invalid(ResourceTypes.Service, service.Name,
                [new("FieldValueInvalid", $"Invalid value: [\"{asked}\"]: may not change once set", "spec.clusterIPs[0]")]);
        var ip = asked is { Length: > 0 } ? asked : kept;
        if (string.IsNullOrEmpty(ip))
        {
            var taken = Others(store, service).Select(other => other.At("spec", "clusterIP").AsText()).ToHashSet();
            ip = Enumerable.Range(2, 65533).Select(host => ClusterAddress(host)).First(address => !taken.Contains(address));
        }
        else if (ip != "None" && kept is null && Others(store, service).Any(other => other.At("spec", "clusterIP").AsText() == ip))
            throw KubeException.Invalid(ResourceTypes.Service, service.Name,
                [new("FieldValueInvalid",
                    $"Invalid value: [\"{ip}\"]: failed to allocate IP {ip}: provided IP is already allocated", "spec.clusterIPs")]);
        spec["clusterIP"] = ip;
        spec["clusterIPs"] = new JsonArray(ip);
        spec["ipFamilies"] ??= new JsonArray("IPv4");
        spec["ipFamilyPolicy"] ??= "SingleStack";
    }

    private static void AllocateNodePorts(
        ClusterStore store, JsonObject service, JsonArray ports, JsonObject? old, string type, List<KubeCause> causes)
    {
        if (type is not ("NodePort" or "LoadBalancer"))
        {
            // Real clients send 0 or leave the member out; a number without the type is an error there.
            for (var i = 0; i < ports.Count; i++)
                if (ports[i]?["nodePort"].AsNumber() is > 0 and var number
                    && old?.At("spec", "type").AsText() is null or "ClusterIP" or "ExternalName")
                    causes.Add(new("FieldValueForbidden", $"Forbidden: may not be used when `type` is '{type}'", $"spec.ports[{i}].nodePort"));
                else (ports[i] as JsonObject)?.Remove("nodePort");
            return;
        }
        service.At("spec")!["externalTrafficPolicy"] ??= "Cluster";
        var taken = Others(store, service).SelectMany(NodePortsOf).ToHashSet();
        for (var i = 0; i < ports.Count; i++)
        {
            if (ports[i] is not JsonObject port || port["nodePort"].AsNumber() is not (> 0 and var number)) continue;
            var field = $"spec.ports[{i}].nodePort";
            if (number is < FirstNodePort or > LastNodePort)
                causes.Add(new("FieldValueInvalid",
                    $"Invalid value: {number}: provided port is not in the valid range. "
                    + $"The range of valid ports is {FirstNodePort}-{LastNodePort}", field));
            else if (!taken.Add(number))
                causes.Add(new("FieldValueInvalid", $"Invalid value: {number}: provided port is already allocated", field));
        }
        if (causes.Count > 0) return;
        var kept = old.At("spec", "ports") as JsonArray;
        foreach (var port in ports.OfType<JsonObject>().Where(port => port["nodePort"].AsNumber() is null or 0))
        {
            // An update that does not name the nodePort keeps the one this port had.
            var before = kept?.FirstOrDefault(candidate => candidate?["port"].AsNumber() == port["port"].AsNumber())?["nodePort"].AsNumber();
            var free = before is > 0 && !taken.Contains(before.Value) ? before.Value
                : Enumerable.Range(FirstDynamicNodePort, LastNodePort - FirstDynamicNodePort + 1)
                    .Concat(Enumerable.Range(FirstNodePort, FirstDynamicNodePort - FirstNodePort))
                    .Select(candidate => (long)candidate).FirstOrDefault(candidate => !taken.Contains(candidate));
            if (free == 0) throw KubeException.InternalError("failed to allocate a nodePort: range is full");
            taken.Add(free);
            port["nodePort"] = free;
        }
    }

    private static IEnumerable<JsonObject> Others(ClusterStore store, JsonObject service) =>
        store.Snapshot(ResourceTypes.Service).Objects.Where(other => other.Name != service.Name || other.Namespace != service.Namespace);

    private static IEnumerable<long> NodePortsOf(JsonObject service) =>
        (service.At("spec", "ports") as JsonArray ?? []).Select(port => port?["nodePort"].AsNumber()).OfType<long>();

    private static string ClusterAddress(int host) => new IPAddress(BitConverter.GetBytes(
        IPAddress.HostToNetworkOrder((int)(ClusterNetwork + (uint)host)))).ToString();
}
