using System.Security.Authentication;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Orchestrator.Simulator.Metrics;

namespace Orchestrator.Simulator.DataPlane;

/// <summary>
/// Takes a connection at a gateway pod, has the pod that the rules choose talk to the client, and counts it. What has nowhere to go is closed, as Envoy
/// does. A connection stays with its pod to the end, even if that goes away.
/// </summary>
internal sealed class Connections(MeshState mesh, Faults faults, RequestCounts counts, IstioMetrics metrics, SimulatorOptions options, Func<Dice> nextDice)
{
    /// <summary>How long a client may take for its ClientHello; Envoy's own limit.</summary>
    private static readonly TimeSpan HelloLimit = TimeSpan.FromSeconds(15);

    /// <summary>Whether a port carries connections of no plain HTTP, by the rules that a gateway pod knows now.</summary>
    public bool AreServed(IngressPort port, GatewayReplica replica) => mesh.ConnectionsOf(replica, port).IsListening;

    /// <summary>Serves a connection to its end.</summary>
    /// <param name="port">Where it came in.</param>
    /// <param name="replica">The gateway pod that has it.</param>
    /// <param name="connection">The connection.</param>
    public async Task ServeAsync(IngressPort port, GatewayReplica replica, ConnectionContext connection)
    {
        var table = mesh.ConnectionsOf(replica, port);
        // Not ConnectionClosed: a client that has said all still wants to hear.
        var stopping = connection.Features.Get<IConnectionLifetimeNotificationFeature>()?.ConnectionClosedRequested ?? CancellationToken.None;
        var serverName = table.ReadsServerName ? await ServerNameAsync(connection, stopping) : null;
        var dice = nextDice();
        var decision = table.Find(serverName) is { } route ? Router.Decide(route, mesh.UpstreamsOf(replica, port), dice) : new RoutingDecision.NoRoute();
        if (decision is not RoutingDecision.Connect connect)
        {
            var refused = RequestOutcome.Refused(decision, replica, code: 0);
            counts.Add(refused);
            RequestReports.Record(metrics.Connections, replica, decision, refused.Flag, new(Opened: 1, Closed: 1));
            return;
        }

        counts.Add(new(connect.Namespace, connect.Service, connect.Pod.Version ?? RequestOutcome.Unknown, 0, RequestOutcome.NoFlag));
        Report(new(Opened: 1));
        try
        {
            await using var client = new ClientStream(connection.Transport, passed => Report(passed));
            if (faults.Of(connect.Pod, connect.Service) is { } fault)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(fault.LatencyMs), options.Time, stopping);
                if (dice.Next() < fault.ErrorRate) return;
            }

            await Conversation.HoldAsync(connect.Pod, client, table.ReadsServerName, stopping);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or AuthenticationException)
        {
            // The client has gone, or does not speak TLS: the connection ends either way.
        }
        finally
        {
            Report(new(Closed: 1));
        }

        void Report(ConnectionChange change) => RequestReports.Record(metrics.Connections, replica, connect, RequestOutcome.NoFlag, change);
    }

    private async Task<string?> ServerNameAsync(ConnectionContext connection, CancellationToken stopping)
    {
        using var limit = new CancellationTokenSource(HelloLimit, options.Time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stopping);
        try
        {
            return await ClientHello.ReadServerNameAsync(connection.Transport.Input, both.Token);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            return null;
        }
    }
}
