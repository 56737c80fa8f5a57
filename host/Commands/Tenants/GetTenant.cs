using System.CommandLine;
using Orchestrator.Domain.Tenants;
using Orchestrator.Host.Api;
using Orchestrator.Host.Output;

namespace Orchestrator.Host.Commands.Tenants;

/// <summary><c>orc tenants get TENANT</c></summary>
internal sealed class GetTenant : ApiCommand
{
    private readonly Argument<string> tenant = Parameters.Tenant();
    private readonly Option<bool> watch = Parameters.Watch();

    public GetTenant()
        : base("get", "Show a tenant: its gateway, its steps, what it waits for")
    {
        Add(tenant);
        Add(watch);
    }

    /// <summary>Whether a tenant's run has ended, well or not.</summary>
    public static bool HasSettled(TenantView view) =>
        view.Phase is TenantPhase.Ready or TenantPhase.RolledBack or TenantPhase.Failed or TenantPhase.Offboarded;

    protected override async Task<int> RunAsync(Call call, CancellationToken cancellationToken)
    {
        var path = OrchestratorApi.Path("tenants", call.Get(tenant));
        var view = await call.Api.GetAsync(path, cancellationToken);
        if (call.Get(watch))
        {
            var end = await call.WatchAsync<TenantView>(path, HasSettled, StepTree.Of, cancellationToken);
            return end is { Phase: TenantPhase.Ready or TenantPhase.Offboarded } ? Holds : DoesNotHold;
        }

        call.Show<TenantView>(view!, StepTree.Of);
        return Holds;
    }
}
