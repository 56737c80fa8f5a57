using System.CommandLine;
using Orchestrator.Domain.Canaries;
using Orchestrator.Host.Api;
using Orchestrator.Host.Output;

namespace Orchestrator.Host.Commands.Canaries;

/// <summary><c>orc canaries get TENANT SERVICE</c></summary>
internal sealed class GetCanary : ApiCommand
{
    private readonly Argument<string> tenant = Parameters.Tenant();
    private readonly Argument<string> service = Parameters.Service();
    private readonly Option<bool> watch = Parameters.Watch();

    public GetCanary()
        : base("get", "Show a service's canary: step, weights, analysis, what it waits for")
    {
        Aliases.Add("status");
        Add(tenant);
        Add(service);
        Add(watch);
    }

    protected override async Task<int> RunAsync(Call call, CancellationToken cancellationToken)
    {
        var path = OrchestratorApi.Path("tenants", call.Get(tenant), "canaries", call.Get(service));
        var view = await call.Api.GetAsync(path, cancellationToken);
        if (call.Get(watch))
        {
            var end = await call.WatchAsync<CanaryView>(path, CanaryRuns.HasEnded, CanaryTree.Of, cancellationToken);
            return end is { Phase: CanaryPhase.Promoted } ? Holds : DoesNotHold;
        }

        call.Show<CanaryView>(view!, CanaryTree.Of);
        return Holds;
    }
}
