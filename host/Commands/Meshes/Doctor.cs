using System.CommandLine;
using Orchestrator.Domain.Meshes;
using Orchestrator.Host.Api;
using Orchestrator.Host.Output;
using Spectre.Console;

namespace Orchestrator.Host.Commands.Meshes;

/// <summary><c>orc doctor [--cluster NAME]</c></summary>
internal sealed class Doctor : ApiCommand
{
    private readonly Option<string> cluster = new("--cluster")
    {
        Description = "the cluster's name in the configuration",
        DefaultValueFactory = _ => "default",
    };

    public Doctor()
        : base("doctor", "Look a cluster over for what hinders the orchestrator on it; the exit code is 1 when something does")
    {
        Add(cluster);
    }

    protected override async Task<int> RunAsync(Call call, CancellationToken cancellationToken)
    {
        var view = (await call.Api.GetAsync($"{OrchestratorApi.Path("meshes", call.Get(cluster)!)}?live=true", cancellationToken))!;
        var findings = Views.Read<MeshView>(view).Findings;
        call.Show(view["findings"], terminal => terminal.Write(Table(findings)));
        return findings.Any(finding => finding.Severity is Severity.Error) ? DoesNotHold : Holds;
    }

    private static Table Table(IReadOnlyList<Finding> findings)
    {
        var table = new Table().SimpleBorder().AddColumns("severity", "code", "seen", "what to do");
        foreach (var finding in findings)
        {
            table.AddRow(Severities(finding.Severity), Words.Text(finding.Code), Words.Text(finding.Evidence), Words.Text(finding.Advice));
        }

        return table;
    }

    private static string Severities(Severity severity) => severity switch
    {
        Severity.Error => "[red]error[/]",
        Severity.Warning => "[yellow]warning[/]",
        _ => "info",
    };
}
