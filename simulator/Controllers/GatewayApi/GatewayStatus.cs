using System.Text.Json.Nodes;

namespace Orchestrator.Simulator.Controllers.GatewayApi;

/// <summary>The status istiod writes to a Gateway.</summary>
/// <remarks>Programmed asks for the Service, one endpoint and, where it is a load balancer, its address; never for the Deployment.</remarks>
internal static class GatewayStatus
{
    private const string NoErrors = "No errors found";
    private static readonly string[] Protocols = ["HTTP", "HTTPS", "TCP", "TLS", "HBONE"];

    public static JsonObject Of(ClusterStore store, JsonObject gateway, DateTimeOffset now)
    {
        var status = gateway["status"]?.DeepClone() as JsonObject ?? [];
        var host = $"{GatewayNames.Child(gateway)}.{gateway.Namespace}.svc.cluster.local";
        var ports = GatewayNames.Listeners(gateway).Select(listener => listener["port"].AsNumber()).Distinct().ToArray();
        var service = store.Find(ResourceTypes.Service, gateway.Namespace, GatewayNames.Child(gateway));
        var (problem, addresses) = Address(store, service, host);

        Set(status, "Accepted", true, "Accepted", "Resource accepted");
        if (problem is null)
            Set(status, "Programmed", true, "Programmed",
                $"Resource programmed, assigned to service(s) {string.Join(" and ", ports.Select(port => $"{host}:{port}"))}");
        else Set(status, "Programmed", false, "AddressNotAssigned", $"Failed to assign to any requested addresses: {problem}");
        if (addresses is null) status.Remove("addresses");
        else status["addresses"] = addresses;
        var known = status["listeners"] as JsonArray ?? [];
        status["listeners"] = new JsonArray([.. GatewayNames.Listeners(gateway).Select(listener =>
            Listener(listener, known.FirstOrDefault(old => old.At("name").AsText() == listener["name"].AsText()) as JsonObject))]);
        return status;

        void Set(JsonObject of, string type, bool holds, string reason, string message) =>
            Conditions.Set(of, type, holds, now, reason, message)["observedGeneration"] = gateway.Generation;

        JsonNode Listener(JsonObject listener, JsonObject? old)
        {
            var result = new JsonObject
            {
                ["name"] = listener["name"].AsText(),
                ["supportedKinds"] = Kinds(listener),
                ["attachedRoutes"] = Attached(store, gateway, listener),
                ["conditions"] = old?["conditions"]?.DeepClone() ?? new JsonArray(),
            };
            var supported = Protocols.Contains(listener["protocol"].AsText());
            var conflict = Conflict(gateway, listener);
            var secret = MissingSecret(store, gateway, listener);
            Set(result, "Accepted", supported && conflict is null, !supported ? "UnsupportedProtocol" : conflict ?? "Accepted",
                supported ? NoErrors : $"protocol \"{listener["protocol"]}\" is unsupported");
            Set(result, "Conflicted", conflict is not null, conflict ?? "NoConflicts",
                conflict is null ? NoErrors : "another listener claims the same");
            Set(result, "ResolvedRefs", secret is null, secret is null ? "ResolvedRefs" : "InvalidCertificateRef", secret ?? NoErrors);
            var programmed = supported && conflict is null && secret is null;
            Set(result, "Programmed", programmed, programmed ? "Programmed" : "Invalid", programmed ? NoErrors : "Bad TLS configuration or listener");
            return result;
        }
    }

    private static (string? Problem, JsonArray? Addresses) Address(ClusterStore store, JsonObject? service, string host)
    {
        if (service is null) return ($"hostname \"{host}\" not found", null);
        var served = store.Snapshot(ResourceTypes.EndpointSlice, service.Namespace).Objects.Any(slice =>
            slice.Labels?[EndpointSliceController.ServiceName].AsText() == service.Name && slice["endpoints"] is JsonArray { Count: > 0 });
        if (!served) return ($"no instances found for hostname \"{host}\"", null);
        if (service.At("spec", "type").AsText() != "LoadBalancer") return (null, [One("Hostname", host)]);
        var external = (service.At("status", "loadBalancer", "ingress") as JsonArray ?? []).Select(ingress =>
            ingress.At("ip").AsText() is { } ip ? One("IPAddress", ip) : One("Hostname", ingress.At("hostname").AsText() ?? "")).ToArray();
        return external.Length == 0 ? ($"address pending for hostname \"{host}\"", null) : (null, new(external));

        static JsonNode One(string type, string value) => new JsonObject { ["type"] = type, ["value"] = value };
    }

    private static JsonArray Kinds(JsonObject listener)
    {
        string[] served = listener["protocol"].AsText() is "HTTP" or "HTTPS" or "HBONE" ? ["HTTPRoute", "GRPCRoute"] : [];
        var asked = (listener.At("allowedRoutes", "kinds") as JsonArray ?? []).Select(kind => kind.At("kind").AsText()).ToArray();
        return new([.. served.Where(kind => asked.Length == 0 || asked.Contains(kind))
            .Select(kind => new JsonObject { ["group"] = ResourceTypes.GatewayApi, ["kind"] = kind })]);
    }

    private static int Attached(ClusterStore store, JsonObject gateway, JsonObject listener) =>
        new[] { ResourceTypes.HttpRoute, ResourceTypes.GrpcRoute }.SelectMany(type => store.Snapshot(type).Objects)
            .Where(route => RouteReferences.Name(RouteReferences.Parents(route), gateway)).Count(route =>
            RouteBinding.Of(store, route).Any(binding => binding.Parent.Uid == gateway.Uid
                && binding.Listeners.Any(bound => bound["name"].AsText() == listener["name"].AsText())));

    /// <summary>Of listeners that claim the same, the first one stays.</summary>
    private static string? Conflict(JsonObject gateway, JsonObject listener)
    {
        var earlier = GatewayNames.Listeners(gateway).TakeWhile(other => other["name"].AsText() != listener["name"].AsText())
            .Where(other => other["port"].AsNumber() == listener["port"].AsNumber()).ToArray();
        return earlier.Any(other => other["protocol"].AsText() != listener["protocol"].AsText()) ? "ProtocolConflict"
            : earlier.Any(other => (other["hostname"].AsText() ?? "") == (listener["hostname"].AsText() ?? "")) ? "HostnameConflict" : null;
    }

    private static string? MissingSecret(ClusterStore store, JsonObject gateway, JsonObject listener) =>
        (from reference in listener.At("tls", "certificateRefs") as JsonArray ?? []
         let ns = reference.At("namespace").AsText() ?? gateway.Namespace
         let name = reference.At("name").AsText() ?? ""
         where store.Find(ResourceTypes.Secret, ns, name) is null
         select $"invalid certificate reference {ns}/{name}: secret not found").FirstOrDefault();
}
