using System.Text.Json.Nodes;
using Orchestrator.Host.Api;
using Orchestrator.Host.Output;
using Spectre.Console;

namespace Orchestrator.Host.Commands.Windows;

/// <summary><c>orc windows get</c></summary>
internal sealed class GetWindows() : ApiCommand("get", "Show the windows of everything: none means at any time")
{
    protected override async Task<int> RunAsync(Call call, CancellationToken cancellationToken)
    {
        var answer = await call.Api.GetAsync(OrchestratorApi.Path("windows"), cancellationToken);
        call.Show(answer, terminal => terminal.Write(Table(answer!)));
        return Holds;
    }

    private static Table Table(JsonNode answer)
    {
        var table = new Table().SimpleBorder().AddColumns("days", "from", "to", "zone", "by", "why");
        foreach (var window in answer["windows"]!.AsArray())
        {
            table.AddRow(
            [
                Words.Text(string.Join(", ", window!["days"]!.AsArray().Select(day => (string?)day))),
                .. new[] { "from", "to", "timeZone" }.Select(member => Words.Text((string?)window[member])),
                .. new[] { "by", "reason" }.Select(member => Words.Text((string?)answer[member])),
            ]);
        }

        return table;
    }
}
