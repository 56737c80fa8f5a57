using System.Text.Json.Nodes;

namespace Orchestrator.Simulator.Kinds;

/// <summary>What istiod's validating webhook refuses beyond the schema: objects that are well formed and make no sense.</summary>
internal static class IstioRules
{
    private static readonly string[] Protocols = ["HTTP", "HTTPS", "GRPC", "GRPC-WEB", "HTTP2", "MONGO", "TCP", "TLS", "REDIS", "MYSQL"];

    /// <exception cref="KubeException">400 in the words of the webhook, with every problem.</exception>
    public static void Validate(ResourceType type, JsonObject obj, string webhook)
    {
        string[] problems =
            type == ResourceTypes.VirtualService ? [.. OfVirtualService(obj)]
            : type == ResourceTypes.DestinationRule ? [.. OfDestinationRule(obj)]
            : type == ResourceTypes.Gateway ? [.. OfGateway(obj)]
            : [];
        if (problems.Length == 0) return;
        throw KubeException.BadRequest($"admission webhook \"{webhook}\" denied the request: configuration is invalid: "
            + (problems.Length == 1 ? problems[0] : $"{problems.Length} errors occurred:\n\t* {string.Join("\n\t* ", problems)}"));
    }

    private static IEnumerable<string> OfVirtualService(JsonObject obj)
    {
        var hosts = Items(obj.At("spec", "hosts")).Select(host => host.AsText()).ToArray();
        if (hosts.Length == 0 && Items(obj.At("spec", "gateways")).Any()) yield return "virtual service must have at least one host";
        if (hosts.Distinct().Count() < hosts.Length) yield return "duplicate hosts in virtual service";
        var http = Items(obj.At("spec", "http")).ToArray();
        var tcp = Items(obj.At("spec", "tcp")).Concat(Items(obj.At("spec", "tls"))).ToArray();
        if (http.Length == 0 && tcp.Length == 0) yield return "http, tcp or tls must be provided in virtual service";
        foreach (var rule in http)
        {
            var actions = new[] { "route", "redirect", "directResponse", "delegate" }
                .Count(member => rule.At(member) is JsonObject or JsonArray { Count: > 0 });
            if (actions == 0) yield return "HTTP route, redirect or direct_response is required";
            if (actions > 1) yield return "HTTP route cannot contain more than one of route, redirect, direct_response and delegate";
        }
        foreach (var problem in http.Concat(tcp).SelectMany(OfRoute)) yield return problem;
        if (hosts.Length == 0 && tcp.Length > 0) yield return "delegate virtual service must have no tcp or tls routes";
        if (hosts.Length == 0 && http.Any(rule => rule.At("delegate") is not null)) yield return "delegate virtual service must have no delegate of its own";
        foreach (var rule in tcp.Where(rule => !Items(rule.At("route")).Any())) yield return "TCP and TLS routes must have a destination";
        foreach (var name in Items(obj.At("spec", "tls")).SelectMany(rule => Items(rule.At("match"))).SelectMany(match => Items(match.At("sniHosts"))))
            if (!hosts.Any(host => DataPlane.HostName.Covers(host ?? "", name.AsText() ?? "")))
                yield return $"SNI host \"{name}\" is not a compatible subset of the virtual service hosts: [{string.Join(", ", hosts)}]";
    }

    private static IEnumerable<string> OfRoute(JsonNode? rule)
    {
        var routes = Items(rule.At("route")).ToArray();
        foreach (var route in routes)
        {
            if (route.At("destination", "host").AsText() is "") yield return "domain name \"\" invalid (name empty)";
            if (route.At("weight").AsNumber() is < 0 and var weight) yield return $"weight {weight} < 0";
            if (route.At("destination", "port", "number").AsNumber() is < 1 or > 65535)
                yield return $"port number {route.At("destination", "port", "number")} must be in the range 1..65535";
        }
        if (routes.Length > 1 && routes.Sum(route => route.At("weight").AsNumber() ?? 0) == 0) yield return "total destination weight = 0";
    }

    private static IEnumerable<string> OfDestinationRule(JsonObject obj)
    {
        if (obj.At("spec", "host").AsText() is "") yield return "domain name \"\" invalid (name empty)";
        foreach (var subset in Items(obj.At("spec", "subsets")))
            if (subset.At("name").AsText() is "") yield return "subset name cannot be empty";
    }

    private static IEnumerable<string> OfGateway(JsonObject obj)
    {
        var servers = Items(obj.At("spec", "servers")).ToArray();
        if (servers.Length == 0) yield return "gateway must have at least one server";
        foreach (var server in servers)
        {
            if (!Items(server.At("hosts")).Any()) yield return "server config must contain at least one host";
            if (server.At("port", "number").AsNumber() is < 1 or > 65535)
                yield return $"port number {server.At("port", "number")} must be in the range 1..65535";
            if (server.At("port", "protocol").AsText() is { } protocol && !Protocols.Contains(protocol.ToUpperInvariant()))
                yield return $"invalid protocol \"{protocol}\", supported protocols are {string.Join(", ", Protocols)}";
        }
        foreach (var name in servers.Select(server => server.At("port", "name").AsText()).GroupBy(name => name).Where(group => group.Count() > 1))
            yield return $"port names in servers must be unique: duplicate name {name.Key}";
    }

    private static IEnumerable<JsonNode?> Items(JsonNode? list) => list as JsonArray ?? [];
}
