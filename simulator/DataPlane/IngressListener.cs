using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Orchestrator.Simulator.DataPlane;

/// <summary>One nodePort on the cluster's address, or one port of a load balancer on its own. A connection stays with the gateway pod it met, as
/// long as that is ready.</summary>
internal sealed class IngressListener : IHttpApplication<HttpContext>, IAsyncDisposable
{
    private static readonly object ReplicaItem = new();
    private static readonly TimeSpan Drain = TimeSpan.FromSeconds(1);

    private readonly IngressPort port;
    private readonly Ingress ingress;
    private readonly Connections connections;
    private readonly KestrelServer server;

    private IngressListener(IngressPort port, Ingress ingress, Connections connections, IPEndPoint address, ILoggerFactory logs)
    {
        (this.port, this.ingress, this.connections) = (port, ingress, connections);
        var options = new KestrelServerOptions { AddServerHeader = false };
        options.Listen(address, listen =>
        {
            listen.Protocols = HttpProtocols.Http1;
            listen.Use(next => connection => ConnectAsync(connection, next));
        });
        server = new(Options.Create(options), new SocketTransportFactory(Options.Create(new SocketTransportOptions()), logs), logs);
    }

    /// <summary>The port it serves.</summary>
    public IngressPort Port => port;

    /// <exception cref="IOException">The port is taken on this machine.</exception>
    public static async Task<IngressListener> OpenAsync(
        IngressPort port, Ingress ingress, Connections connections, IPEndPoint address, ILoggerFactory logs, CancellationToken cancellation)
    {
        var listener = new IngressListener(port, ingress, connections, address, logs);
        try
        {
            await listener.server.StartAsync(listener, cancellation);
            return listener;
        }
        catch
        {
            listener.server.Dispose();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        using var drained = new CancellationTokenSource(Drain);
        await server.StopAsync(drained.Token);
        server.Dispose();
    }

    public HttpContext CreateContext(IFeatureCollection contextFeatures) => new DefaultHttpContext(contextFeatures);

    public void DisposeContext(HttpContext context, Exception? exception)
    {
    }

    public async Task ProcessRequestAsync(HttpContext context)
    {
        var request = IngressRequest.Read(context.Request, context.Request.Host.Value ?? "", context.Request.Path.Value ?? "/");
        var handled = Replica(context.Features.GetRequiredFeature<IConnectionItemsFeature>().Items) is { } replica ? await ingress.HandleAsync(port, replica, request, context.RequestAborted) : null;
        if (handled is not var (answer, _))
        {
            // Nobody listens behind the port: a real client sees its connection reset.
            context.Abort();
            return;
        }

        await answer.WriteAsync(context);
    }

    /// <summary>What the rules of the moment say of the port tells how a new connection is served.</summary>
    private Task ConnectAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        if (Replica(connection.Items) is { } replica)
        {
            if (connections.AreServed(port, replica)) return connections.ServeAsync(port, replica, connection);
            if (ingress.IsListening(port, replica)) return next(connection);
        }

        // Nobody listens behind the port: a real client sees its connection refused.
        connection.Abort();
        return Task.CompletedTask;
    }

    private GatewayReplica? Replica(IDictionary<object, object?> items)
    {
        var replicas = ingress.Replicas(port);
        if (items.TryGetValue(ReplicaItem, out var known) && known is GatewayReplica before && replicas.Any(replica => replica.Uid == before.Uid)) return before;
        var replica = replicas.Count == 0 ? null : replicas[ingress.NextDice().Below(replicas.Count)];
        items[ReplicaItem] = replica;
        return replica;
    }
}
