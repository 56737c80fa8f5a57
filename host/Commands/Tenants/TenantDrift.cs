using System.CommandLine;
using System.Text.Json;
using Orchestrator.Domain.Tenants;
using Orchestrator.Host.Api;
using Orchestrator.Host.Output;
using Spectre.Console;

namespace Orchestrator.Host.Commands.Tenants;

/// <summary><c>orc tenants drift TENANT</c></summary>
internal sealed class TenantDrift : ApiCommand
{
    private readonly Argument<string> tenant = Parameters.Tenant();

    public TenantDrift()
        : base("drift", "Show what on the cluster is not as the tenant's spec says; the exit code is 0 when nothing is")
    {
        Add(tenant);
    }

    protected override async Task<int> RunAsync(Call call, CancellationToken cancellationToken)
    {
        var drift = (await call.Api.GetAsync(OrchestratorApi.Path("tenants", call.Get(tenant), "drift"), cancellationToken))!;
        var view = drift.Deserialize<DriftView>(JsonSerializerOptions.Web)!;
        call.Show(drift, terminal => Draw(terminal, view));
        return view.Drifted ? DoesNotHold : Holds;
    }

    private static void Draw(Terminal terminal, DriftView view)
    {
        if (!view.Drifted)
        {
            terminal.WriteLine($"{view.Tenant} is as its spec says");
            return;
        }

        var table = new Table().SimpleBorder().AddColumns("object", "field", "expected", "actual");
        foreach (var field in view.Fields)
        {
            table.AddRow(Words.Text(field.Object), Words.Text(field.Field), Words.Text(Show(field.Expected)), Words.Text(Show(field.Actual)));
        }

        terminal.Write(table);
    }

    private static string Show(JsonElement? value) => value?.GetRawText() ?? "nothing";
}
