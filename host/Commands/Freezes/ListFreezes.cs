using System.Text.Json.Nodes;
using Orchestrator.Host.Api;
using Orchestrator.Host.Output;
using Spectre.Console;

namespace Orchestrator.Host.Commands.Freezes;

/// <summary><c>orc freezes list</c></summary>
internal sealed class ListFreezes() : ApiCommand("list", "List the freezes of everything that hold or are to come")
{
    protected override async Task<int> RunAsync(Call call, CancellationToken cancellationToken)
    {
        var answer = await call.Api.GetAsync(OrchestratorApi.Path("freezes"), cancellationToken);
        call.Show(answer, terminal => terminal.Write(Table(answer!.AsArray())));
        return Holds;
    }

    private static Table Table(JsonArray freezes)
    {
        var table = new Table().SimpleBorder().AddColumns("freeze", "from", "to", "by", "why");
        foreach (var freeze in freezes)
        {
            table.AddRow([.. new[] { "name", "from", "to", "by", "reason" }.Select(member => Words.Text((string?)freeze![member]))]);
        }

        return table;
    }
}
