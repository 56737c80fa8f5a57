using System.CommandLine;
using System.Text.Json.Nodes;
using Orchestrator.Domain.Tenants;
using Orchestrator.Host.Api;
using Orchestrator.Host.Output;

namespace Orchestrator.Host.Commands.Tenants;

/// <summary>A verb that begins a run of a tenant and needs no more than its name: <c>orc tenants offboard|repair TENANT [-w]</c>.</summary>
internal abstract class RunOnTenant : ApiCommand
{
    private readonly Argument<string> tenant = Parameters.Tenant();
    private readonly Option<bool> watch = Parameters.Watch();

    protected RunOnTenant(string verb, string description)
        : base(verb, description)
    {
        Add(tenant);
        Add(watch);
    }

    protected override async Task<int> RunAsync(Call call, CancellationToken cancellationToken)
    {
        var answer = await BeginAsync(call.Api, call.Get(tenant), cancellationToken);
        if (call.Get(watch))
        {
            var path = OrchestratorApi.Path("tenants", call.Get(tenant));
            return IsGood(await call.WatchAsync<TenantView>(path, GetTenant.HasSettled, StepTree.Of, cancellationToken)) ? Holds : DoesNotHold;
        }

        call.Show(answer, terminal => terminal.WriteLine($"accepted; 'orc tenants get {call.Get(tenant)} -w' shows how it goes"));
        return Holds;
    }

    /// <summary>Asks the server to begin.</summary>
    protected abstract Task<JsonNode?> BeginAsync(OrchestratorApi api, string tenant, CancellationToken cancellationToken);

    /// <summary>With <c>-w</c>: whether the end is what was asked for; null when the tenant is gone.</summary>
    protected abstract bool IsGood(TenantView? end);
}

/// <summary><c>orc tenants offboard TENANT</c></summary>
internal sealed class OffboardTenant() : RunOnTenant("offboard", "Take a tenant away: routes, gateway, namespace")
{
    protected override Task<JsonNode?> BeginAsync(OrchestratorApi api, string tenant, CancellationToken cancellationToken) =>
        api.SendAsync(HttpMethod.Delete, OrchestratorApi.Path("tenants", tenant), null, cancellationToken);

    protected override bool IsGood(TenantView? end) => end is null or { Phase: TenantPhase.Offboarded };
}

/// <summary><c>orc tenants repair TENANT</c></summary>
internal sealed class RepairTenant() : RunOnTenant("repair", "Put back what others have changed of a tenant's objects")
{
    protected override Task<JsonNode?> BeginAsync(OrchestratorApi api, string tenant, CancellationToken cancellationToken) =>
        api.SendAsync(HttpMethod.Post, OrchestratorApi.Path("tenants", tenant, "repair"), null, cancellationToken);

    protected override bool IsGood(TenantView? end) => end is { Phase: TenantPhase.Ready };
}
