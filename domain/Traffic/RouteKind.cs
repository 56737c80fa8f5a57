using System.Text.Json.Serialization;

namespace Orchestrator.Domain.Traffic;

/// <summary>What routes tell apart, and so what a weight is a share of.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<RouteKind>))]
public enum RouteKind
{
    /// <summary>Requests.</summary>
    [JsonStringEnumMemberName("http")] Http,

    /// <summary>Connections.</summary>
    [JsonStringEnumMemberName("tcp")] Tcp,

    /// <summary>Connections of TLS that ends at the service itself, by the name that the client asks for.</summary>
    [JsonStringEnumMemberName("tls")] Tls,
}

/// <summary>How a kind of routes is named.</summary>
public static class RouteKinds
{
    extension(RouteKind kind)
    {
        /// <summary>The member of a VirtualService that holds such routes.</summary>
        public string Member => kind switch
        {
            RouteKind.Tcp => "tcp",
            RouteKind.Tls => "tls",
            _ => "http",
        };
    }
}
