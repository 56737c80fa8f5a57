using System.CommandLine;
using Orchestrator.Domain.Canaries;
using Orchestrator.Host.Api;
using Orchestrator.Host.Output;
using Spectre.Console;

namespace Orchestrator.Host.Commands.Canaries;

/// <summary><c>orc canaries list [TENANT]</c></summary>
internal sealed class ListCanaries : ApiCommand
{
    private readonly Argument<string?> tenant = new("tenant")
    {
        Description = "the tenant whose canaries are listed; without it, the running ones of all tenants",
        Arity = ArgumentArity.ZeroOrOne,
    };

    public ListCanaries()
        : base("list", "List canaries") => Add(tenant);

    protected override async Task<int> RunAsync(Call call, CancellationToken cancellationToken)
    {
        var path = call.Parsed.GetValue(tenant) is { } name ? OrchestratorApi.Path("tenants", name, "canaries") : OrchestratorApi.Path("canaries");
        var answer = await call.Api.GetAsync(path, cancellationToken);
        call.Show(answer, terminal => terminal.Write(Table(Views.ReadAll<CanaryView>(answer))));
        return Holds;
    }

    private static Table Table(IReadOnlyList<CanaryView> canaries)
    {
        var table = new Table().SimpleBorder().AddColumns("tenant", "service", "phase", "stable", "candidate", "step", "weights", "waiting for, or why");
        foreach (var canary in canaries)
        {
            table.AddRow(
                Words.Text(canary.Tenant),
                Words.Text(canary.Service),
                Words.Phase(canary.Phase),
                Words.Text(canary.Stable),
                Words.Text(canary.Candidate),
                Words.Text(canary.Step is { } step ? $"{step.Index}/{step.Total} {step.Kind}" : null),
                Words.Text(canary.Weights is { } weights ? $"{weights.Stable}/{weights.Canary}" : null),
                Words.Text(canary.WaitingFor?.What ?? canary.Reason));
        }

        return table;
    }
}
