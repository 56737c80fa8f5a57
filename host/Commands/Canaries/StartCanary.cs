using System.CommandLine;
using System.Text.Json.Nodes;
using Orchestrator.Domain.Canaries;
using Orchestrator.Host.Api;
using Orchestrator.Host.Input;
using Orchestrator.Host.Output;

namespace Orchestrator.Host.Commands.Canaries;

/// <summary><c>orc canaries start TENANT -f FILE</c></summary>
internal sealed class StartCanary : ApiCommand
{
    private readonly Argument<string> tenant = Parameters.Tenant();
    private readonly Option<string> file = Parameters.File("the canary's spec");
    private readonly Option<bool> watch = Parameters.Watch();

    public StartCanary()
        : base("start", "Start a canary: route a candidate version step by step")
    {
        Add(tenant);
        Add(file);
        Add(watch);
    }

    protected override async Task<int> RunAsync(Call call, CancellationToken cancellationToken)
    {
        var spec = await call.ReadSpecAsync(file, cancellationToken);
        var service = (spec as JsonObject)?["service"] is JsonValue value && value.TryGetValue<string>(out var name) ? name : null;
        var earlier = service is null ? null : await FindAsync(call, service, cancellationToken);
        var answer = await call.Api.SendAsync(HttpMethod.Post, OrchestratorApi.Path("tenants", call.Get(tenant), "canaries"), spec, cancellationToken);
        if (!call.Get(watch))
        {
            call.Show(answer, terminal => terminal.WriteLine($"accepted; 'orc canaries get {call.Get(tenant)} {service} -w' shows how it goes"));
            return Holds;
        }

        var path = OrchestratorApi.Path("tenants", call.Get(tenant), "canaries", service ?? throw new InputException("-w needs a spec with a service."));

        // Until the new run is visible, the view still tells how the run before it ended.
        var end = await call.WatchAsync<CanaryView>(
            path, view => CanaryRuns.HasEnded(view) && !CanaryRuns.AreSame(earlier, view), CanaryTree.Of, cancellationToken);
        return end is { Phase: CanaryPhase.Promoted } ? Holds : DoesNotHold;
    }

    private async Task<CanaryView?> FindAsync(Call call, string service, CancellationToken cancellationToken) =>
        await call.Api.FindAsync(OrchestratorApi.Path("tenants", call.Get(tenant), "canaries", service), cancellationToken) is { } node
            ? Views.Read<CanaryView>(node)
            : null;
}
