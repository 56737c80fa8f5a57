using System.Collections.Concurrent;
using System.Net;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Orchestrator.Simulator.Controllers;

namespace Orchestrator.Simulator.DataPlane;

/// <summary>Something of the simulated cluster that the machine it runs on does not let happen.</summary>
/// <param name="Object">What it is about, as <c>kind namespace/name</c>.</param>
/// <param name="Reason">A word for programs.</param>
/// <param name="Message">What is wrong, and what to do.</param>
public sealed record Finding(string Object, string Reason, string Message);

/// <summary>Opens and closes the nodePorts and load balancers of ingress gateways as Services and ready pods come and go.</summary>
internal sealed partial class NodePorts(
    ClusterStore store, Topology topology, Ingress ingress, Connections connections, ClusterEvents events, SimulatorOptions options, ILoggerFactory logs) : IAsyncDisposable
{
    private static readonly TimeSpan AfterRefusal = TimeSpan.FromSeconds(1);

    private readonly Channel<string> dirty = Channel.CreateUnbounded<string>(new() { SingleReader = true });
    private readonly Dictionary<IPEndPoint, IngressListener> listeners = [];
    private readonly ConcurrentDictionary<IPEndPoint, Finding> findings = new();
    private readonly CancellationTokenSource stopping = new();
    private readonly ILogger logger = logs.CreateLogger<NodePorts>();
    private Task running = Task.CompletedTask;

    /// <summary>The nodePorts that cannot be opened at this moment.</summary>
    public IEnumerable<Finding> Findings =>
        findings.OrderBy(finding => finding.Key.ToString(), StringComparer.Ordinal).Select(finding => finding.Value);

    public void Start()
    {
        foreach (var ns in store.Snapshot(ResourceTypes.Namespace).Objects) LookAt(ns.Name);
        running = Task.Run(RunAsync);
    }

    /// <summary>Asks for another look at a namespace's gateways.</summary>
    public void LookAt(string ns) => dirty.Writer.TryWrite(ns);

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await running;
        foreach (var listener in listeners.Values) await listener.DisposeAsync();
        stopping.Dispose();
    }

    private async Task RunAsync()
    {
        try
        {
            await foreach (var first in dirty.Reader.ReadAllAsync(stopping.Token))
            {
                // A rollout dirties a namespace many times: one look is enough.
                var namespaces = new HashSet<string> { first };
                while (dirty.Reader.TryRead(out var more)) namespaces.Add(more);
                foreach (var ns in namespaces) await ReconcileAsync(ns);
            }
        }
        catch (OperationCanceledException)
        {
        }
        catch (ObjectDisposedException)
        {
            // The store is closed: the process ends.
        }
    }

    private async Task ReconcileAsync(string ns)
    {
        var wanted = topology.Ingresses(ns).SelectMany(port => Places(port).Select(place => (place, port))).DistinctBy(entry => entry.place)
            .ToDictionary(entry => entry.place, entry => entry.port);
        foreach (var (place, listener) in listeners.Where(open => open.Value.Port.Namespace == ns
            && wanted.GetValueOrDefault(open.Key) != open.Value.Port).ToArray())
        {
            listeners.Remove(place);
            await listener.DisposeAsync();
        }

        foreach (var (place, finding) in findings)
            if (finding.Object.StartsWith($"Service {ns}/", StringComparison.Ordinal) && !wanted.ContainsKey(place)) findings.TryRemove(place, out _);
        foreach (var (place, port) in wanted.Where(entry => !listeners.ContainsKey(entry.Key))) await OpenAsync(place, port);
    }

    private IEnumerable<IPEndPoint> Places(IngressPort port)
    {
        if (port.NodePort > 0) yield return new(IPAddress.Parse(options.Address), port.NodePort);
        if (port.Balancer is { } address) yield return new(IPAddress.Parse(address), port.Port);
    }

    private async Task OpenAsync(IPEndPoint place, IngressPort port)
    {
        try
        {
            listeners[place] = await IngressListener.OpenAsync(port, ingress, connections, place, logs, stopping.Token);
            findings.TryRemove(place, out _);
        }
        catch (Exception refusal) when (refusal is not OperationCanceledException)
        {
            var isNodePort = place.Port == port.NodePort;
            var message = isNodePort
                ? $"nodePort {port.NodePort} cannot be opened on {options.Address}: {refusal.Message} "
                  + "Stop the process that uses the port, or start the cluster with another --address; it is tried again every second."
                : $"load balancer {place} cannot be opened: {refusal.Message} "
                  + "Allow this user to open the port (sysctl net.ipv4.ip_unprivileged_port_start), or ask by the nodePort; "
                  + "it is tried again every second.";
            var reason = isNodePort ? "NodePortNotOpen" : "LoadBalancerNotOpen";
            if (findings.TryAdd(place, new($"Service {port.Namespace}/{port.Service}", reason, message)))
            {
                BindFailed(logger, refusal, place);
                if (store.Find(ResourceTypes.Service, port.Namespace, port.Service) is { } service)
                    events.Warn(ResourceTypes.Service, service, reason, message);
            }

            _ = LookLaterAsync(port.Namespace);
        }
    }

    private async Task LookLaterAsync(string ns)
    {
        await Task.Delay(AfterRefusal, options.Time, stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        LookAt(ns);
    }

    [LoggerMessage(LogLevel.Warning, "{Place} cannot be opened; it is tried again every second.")]
    private static partial void BindFailed(ILogger logger, Exception failure, IPEndPoint place);
}
