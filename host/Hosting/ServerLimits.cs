using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Orchestrator.Host.Hosting;

/// <summary>
/// What a caller may cost the server. What is beyond is refused by the server itself, mostly before there is a request to answer:
/// 400, 408, 413, 414 and 431 without a body.
/// </summary>
internal static class ServerLimits
{
    /// <summary>
    /// Four times the largest body that the app reads (256 KiB). The management API has a limit of its own: the largest payload of the engine.
    /// </summary>
    public const long BodyBytes = 1024 * 1024;

    /// <summary>A key, an identity token and the headers of proxies are some twenty.</summary>
    public const int Headers = 64;

    /// <summary>Identity tokens with many groups reach 16 KiB.</summary>
    public const int HeaderBytes = 32 * 1024;

    /// <summary>An id of 256 characters takes up to 3 KiB when it is escaped, and a reason comes on top.</summary>
    public const int RequestLineBytes = 8 * 1024;

    /// <summary>For callers, watches and event streams together; on some systems the process's file handles end at 1,024.</summary>
    public const int Connections = 900;

    /// <summary>How long a stopping host lets requests run that do not heed that it stops.</summary>
    public static readonly TimeSpan Drain = TimeSpan.FromSeconds(10);

    public static void Apply(KestrelServerOptions server)
    {
        server.AddServerHeader = false;
        var limits = server.Limits;
        limits.MaxRequestBodySize = BodyBytes;
        limits.MaxRequestHeaderCount = Headers;
        limits.MaxRequestHeadersTotalSize = HeaderBytes;
        limits.MaxRequestLineSize = RequestLineBytes;
        limits.MaxConcurrentConnections = Connections;

        // The app upgrades no connection.
        limits.MaxConcurrentUpgradedConnections = 0;

        // Longer than the idle time of usual clients and proxies, so that they close first and no request meets a closing connection.
        limits.KeepAliveTimeout = TimeSpan.FromMinutes(2);

        // Headers come in one packet or a few: who needs longer holds a connection on purpose.
        limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);

        // A modem sends faster. Who sends or reads a byte now and then to stay connected is cut off.
        limits.MinRequestBodyDataRate = new(bytesPerSecond: 240, gracePeriod: TimeSpan.FromSeconds(5));
        limits.MinResponseDataRate = new(bytesPerSecond: 240, gracePeriod: TimeSpan.FromSeconds(5));

        // HTTP/2 (over TLS) multiplexes: the same limits for what goes through one connection, and dead peers are noticed.
        limits.Http2.MaxStreamsPerConnection = 100;
        limits.Http2.MaxRequestHeaderFieldSize = 16 * 1024;
        limits.Http2.KeepAlivePingDelay = TimeSpan.FromSeconds(30);
        limits.Http2.KeepAlivePingTimeout = TimeSpan.FromSeconds(20);
    }
}
