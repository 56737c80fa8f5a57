using Orchestrator.Domain.Tenants;
using Orchestrator.Host.Api;
using Orchestrator.Host.Output;
using Spectre.Console;

namespace Orchestrator.Host.Commands.Tenants;

/// <summary><c>orc tenants list</c></summary>
internal sealed class ListTenants() : ApiCommand("list", "List all tenants")
{
    protected override async Task<int> RunAsync(Call call, CancellationToken cancellationToken)
    {
        var answer = await call.Api.GetAsync(OrchestratorApi.Path("tenants"), cancellationToken);
        call.Show(answer, terminal => terminal.Write(Table(Views.ReadAll<TenantView>(answer))));
        return Holds;
    }

    private static Table Table(IReadOnlyList<TenantView> tenants)
    {
        var table = new Table().SimpleBorder().AddColumns("tenant", "cluster", "phase", "gateway", "waiting for, or why");
        foreach (var tenant in tenants)
        {
            table.AddRow(
                Words.Text(tenant.Tenant),
                Words.Text(tenant.Cluster),
                Words.Phase(tenant.Phase),
                Words.Text(tenant.Gateway?.Mode.ToString()),
                Words.Text(tenant.WaitingFor?.What ?? tenant.Reason));
        }

        return table;
    }
}
