using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Orchestrator.Simulator.DataPlane;

/// <summary>One Istio object as the gateways read it.</summary>
/// <param name="Namespace">Where it lives; short names in it are relative to this.</param>
/// <param name="Name">Its name.</param>
/// <param name="CreatedAt">Older objects win where two claim the same thing.</param>
/// <param name="Spec">What it asks for.</param>
public sealed record MeshObject<TSpec>(string Namespace, string Name, string CreatedAt, TSpec Spec) where TSpec : notnull
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    /// <summary>Reads the object, or returns null when its spec has not the shape of its kind: istiod leaves such an object out.</summary>
    public static MeshObject<TSpec>? Read(JsonObject obj)
    {
        try
        {
            return obj["spec"].Deserialize<TSpec>(Json) is { } spec
                ? new(obj.Namespace ?? "", obj.Name, obj.At("metadata", "creationTimestamp").AsText() ?? "", spec)
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary><c>networking.istio.io/v1 Gateway</c>, as far as it steers plain HTTP, TCP, and TLS that passes through.</summary>
public sealed record GatewaySpec
{
    public Dictionary<string, string> Selector { get; init; } = [];

    public GatewayServer[] Servers { get; init; } = [];
}

/// <summary>One <c>servers[]</c> entry.</summary>
public sealed record GatewayServer
{
    public GatewayServerPort Port { get; init; } = new();

    /// <summary><c>host</c> or <c>namespace/host</c>; the namespace may be <c>.</c> or <c>*</c>.</summary>
    public string[] Hosts { get; init; } = [];

    public GatewayServerTls? Tls { get; init; }

    /// <summary>Whether connections go on as they are.</summary>
    public bool IsConnections => Port.IsPlainTcp || IsPassthrough;

    /// <summary>Whether the name that a client asks for in its ClientHello decides where its connection goes on to.</summary>
    public bool IsPassthrough => Port.IsTls && Tls?.Mode == "PASSTHROUGH";
}

/// <summary>What a server does about TLS.</summary>
/// <param name="Mode">Of Istio's modes only <c>PASSTHROUGH</c> is served here.</param>
public sealed record GatewayServerTls(string? Mode);

/// <summary>The port of a server: the Service's port, or the one the proxy binds.</summary>
public sealed record GatewayServerPort
{
    public int Number { get; init; }

    public string Protocol { get; init; } = "";

    public bool IsPlainHttp => Protocol.ToUpperInvariant() is "HTTP" or "HTTP2" or "GRPC" or "GRPC-WEB";

    public bool IsPlainTcp => Protocol.ToUpperInvariant() is "TCP" or "MONGO" or "REDIS" or "MYSQL";

    public bool IsTls => Protocol.ToUpperInvariant() is "TLS" or "HTTPS";
}

/// <summary><c>networking.istio.io/v1 VirtualService</c>.</summary>
public sealed record VirtualServiceSpec
{
    public string[] Hosts { get; init; } = [];

    /// <summary><c>name</c> or <c>namespace/name</c>. None means sidecars only, which no ingress gateway reads.</summary>
    public string[] Gateways { get; init; } = [];

    public string[] ExportTo { get; init; } = [];

    public HttpRoute[] Http { get; init; } = [];

    /// <summary>The routes of connections that carry anything.</summary>
    public ConnectionRoute[] Tcp { get; init; } = [];

    /// <summary>The routes of TLS connections that pass through.</summary>
    public ConnectionRoute[] Tls { get; init; } = [];

    /// <summary>Whether the most specific match comes first, as the Gateway API asks, and not the order of the rules.</summary>
    public bool IsRanked { get; init; }
}

/// <summary>One <c>http[]</c> entry: who is meant, and where to send them.</summary>
public sealed record HttpRoute
{
    public string? Name { get; init; }

    /// <summary>Any of these; none means everybody.</summary>
    public HttpMatch[] Match { get; init; } = [];

    public WeightedDestination[] Route { get; init; } = [];

    public HttpRewrite? Rewrite { get; init; }

    public HttpRedirect? Redirect { get; init; }

    public DirectResponse? DirectResponse { get; init; }

    public MirrorDestination[] Mirrors { get; init; } = [];

    public HeaderRules? Headers { get; init; }

    /// <summary>How long the client waits at most, whatever is tried; null, which zero is too, for ever.</summary>
    [JsonConverter(typeof(DurationConverter))]
    public TimeSpan? Timeout { get; init => field = value > TimeSpan.Zero ? value : null; }

    public RetryPolicy? Retries { get; init; }

    public CorsPolicy? CorsPolicy { get; init; }

    /// <summary>The VirtualService whose routes stand in this one's place.</summary>
    public DelegateReference? Delegate { get; init; }

    /// <summary>The namespace that short names in it are relative to; null for its VirtualService's.</summary>
    [JsonIgnore]
    public string? Namespace { get; init; }
}

/// <summary>A VirtualService by name.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Namespace">Its namespace; null for that of the one that refers to it.</param>
public sealed record DelegateReference(string Name = "", string? Namespace = null);

/// <summary>One <c>tcp[]</c> or <c>tls[]</c> entry: which connections are meant, and where they go.</summary>
public sealed record ConnectionRoute
{
    /// <summary>Any of these; none means all connections.</summary>
    public ConnectionMatch[] Match { get; init; } = [];

    public WeightedDestination[] Route { get; init; } = [];
}

/// <summary>One <c>match[]</c> entry of a <see cref="ConnectionRoute"/>: every condition it names must hold.</summary>
public sealed record ConnectionMatch
{
    /// <summary>The gateway's port.</summary>
    public int? Port { get; init; }

    /// <summary>Any of these names or <c>*.suffix</c>es; for <c>tls</c> alone.</summary>
    public string[] SniHosts { get; init; } = [];

    /// <summary>Restricts the match to these gateways; none means all of the VirtualService's.</summary>
    public string[] Gateways { get; init; } = [];
}

/// <summary>A destination and its share.</summary>
public sealed record WeightedDestination
{
    public Destination Destination { get; init; } = new("");

    public int Weight { get; init; }

    /// <summary>Whether a reference leads nowhere: its share is answered 500.</summary>
    public bool IsBroken { get; init; }

    public HeaderRules? Headers { get; init; }
}

/// <summary>Where a request goes.</summary>
/// <param name="Host">Service name, relative to the VirtualService's namespace, or its full name.</param>
/// <param name="Subset">A subset of the host's DestinationRule.</param>
/// <param name="Port">The Service's port; may be left out when it has only one.</param>
public sealed record Destination(string Host, string? Subset = null, DestinationPort? Port = null);

/// <summary>A Service port by number.</summary>
public sealed record DestinationPort(int Number);

/// <summary>Header changes on the way in and on the way back.</summary>
public sealed record HeaderRules(HeaderOperations? Request = null, HeaderOperations? Response = null);

/// <summary><c>networking.istio.io/v1 DestinationRule</c>, its subsets.</summary>
public sealed record DestinationRuleSpec
{
    public string Host { get; init; } = "";

    public string[] ExportTo { get; init; } = [];

    public Subset[] Subsets { get; init; } = [];
}

/// <summary>A named group of a Service's pods.</summary>
public sealed record Subset
{
    public string Name { get; init; } = "";

    public Dictionary<string, string> Labels { get; init; } = [];
}
