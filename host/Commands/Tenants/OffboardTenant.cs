using System.CommandLine;
using Orchestrator.Domain.Tenants;
using Orchestrator.Host.Api;
using Orchestrator.Host.Output;

namespace Orchestrator.Host.Commands.Tenants;

/// <summary><c>orc tenants offboard TENANT</c></summary>
internal sealed class OffboardTenant : ApiCommand
{
    private readonly Argument<string> tenant = Parameters.Tenant();
    private readonly Option<bool> watch = Parameters.Watch();

    public OffboardTenant()
        : base("offboard", "Take a tenant away: routes, gateway, namespace")
    {
        Add(tenant);
        Add(watch);
    }

    protected override async Task<int> RunAsync(Call call, CancellationToken cancellationToken)
    {
        var path = OrchestratorApi.Path("tenants", call.Get(tenant));
        var answer = await call.Api.SendAsync(HttpMethod.Delete, path, null, cancellationToken);
        if (call.Get(watch))
        {
            var end = await call.WatchAsync<TenantView>(path, GetTenant.HasSettled, StepTree.Of, cancellationToken);
            return end is null or { Phase: TenantPhase.Offboarded } ? Holds : DoesNotHold;
        }

        call.Show(answer, terminal => terminal.WriteLine($"accepted; 'orc tenants get {call.Get(tenant)} -w' shows how it goes"));
        return Holds;
    }
}
