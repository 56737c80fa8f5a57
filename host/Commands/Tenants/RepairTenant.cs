using System.CommandLine;
using Orchestrator.Domain.Tenants;
using Orchestrator.Host.Api;
using Orchestrator.Host.Output;

namespace Orchestrator.Host.Commands.Tenants;

/// <summary><c>orc tenants repair TENANT</c></summary>
internal sealed class RepairTenant : ApiCommand
{
    private readonly Argument<string> tenant = Parameters.Tenant();
    private readonly Option<bool> watch = Parameters.Watch();

    public RepairTenant()
        : base("repair", "Put back what others have changed of a tenant's objects")
    {
        Add(tenant);
        Add(watch);
    }

    protected override async Task<int> RunAsync(Call call, CancellationToken cancellationToken)
    {
        var path = OrchestratorApi.Path("tenants", call.Get(tenant));
        var answer = await call.Api.SendAsync(HttpMethod.Post, OrchestratorApi.Path("tenants", call.Get(tenant), "repair"), null, cancellationToken);
        if (call.Get(watch))
        {
            var end = await call.WatchAsync<TenantView>(path, GetTenant.HasSettled, StepTree.Of, cancellationToken);
            return end is { Phase: TenantPhase.Ready } ? Holds : DoesNotHold;
        }

        call.Show(answer, terminal => terminal.WriteLine($"accepted; 'orc tenants get {call.Get(tenant)} -w' shows how it goes"));
        return Holds;
    }
}
