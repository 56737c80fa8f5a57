using System.CommandLine;
using Orchestrator.Domain.Tenants;
using Orchestrator.Host.Api;
using Orchestrator.Host.Output;

namespace Orchestrator.Host.Commands.Tenants;

/// <summary><c>orc tenants onboard TENANT -f FILE</c></summary>
internal sealed class OnboardTenant : ApiCommand
{
    private readonly Argument<string> tenant = Parameters.Tenant();
    private readonly Option<string> file = Parameters.File("the tenant's spec");
    private readonly Option<bool> watch = Parameters.Watch();

    public OnboardTenant()
        : base("onboard", "Onboard a tenant, or bring it to a changed spec")
    {
        Add(tenant);
        Add(file);
        Add(watch);
    }

    protected override async Task<int> RunAsync(Call call, CancellationToken cancellationToken)
    {
        var path = OrchestratorApi.Path("tenants", call.Get(tenant));
        var answer = await call.Api.SendAsync(HttpMethod.Put, path, await call.ReadSpecAsync(file, cancellationToken), cancellationToken);
        if (call.Get(watch))
        {
            var end = await call.WatchAsync<TenantView>(path, GetTenant.HasSettled, StepTree.Of, cancellationToken);
            return end is { Phase: TenantPhase.Ready } ? Holds : DoesNotHold;
        }

        call.Show(answer, terminal => terminal.WriteLine($"accepted; 'orc tenants get {call.Get(tenant)} -w' shows how it goes"));
        return Holds;
    }
}
