using System.Text.Json.Nodes;
using Orchestrator.Host.Api;
using Orchestrator.Host.Output;
using Spectre.Console;

namespace Orchestrator.Host.Commands.Instances;

/// <summary><c>orc instances stuck</c></summary>
internal sealed class StuckInstances : ApiCommand
{
    public StuckInstances()
        : base("stuck", "List the instances that will not go on by themselves, and why; the exit code is 0 when there is none")
    {
    }

    protected override async Task<int> RunAsync(Call call, CancellationToken cancellationToken)
    {
        var stuck = (await call.Api.GetAsync(OrchestratorApi.ManagementPath("stuck"), cancellationToken))!.AsArray();
        call.Show(stuck, terminal => Draw(terminal, stuck));
        return stuck.Count == 0 ? Holds : DoesNotHold;
    }

    private static void Draw(Terminal terminal, JsonArray stuck)
    {
        if (stuck.Count == 0)
        {
            terminal.WriteLine("every instance goes on by itself");
            return;
        }

        var table = new Table().SimpleBorder().AddColumns("id", "function", "problem");
        foreach (var wait in stuck)
        {
            table.AddRow(Words.Text($"{wait!["instanceId"]}"), Words.Text($"{wait["name"]}"), Words.Text($"{wait["problem"]}"));
        }

        terminal.Write(table);
    }
}
