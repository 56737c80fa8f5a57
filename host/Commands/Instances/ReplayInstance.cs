using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Orchestrator.Durable.Engine.History;
using Orchestrator.Durable.Engine.Replay;
using Orchestrator.Host.Api;
using Orchestrator.Host.Hosting;
using Orchestrator.Host.Input;
using Orchestrator.Host.Output;
using Spectre.Console;

namespace Orchestrator.Host.Commands.Instances;

/// <summary><c>orc instances replay FILE|ID</c></summary>
internal sealed class ReplayInstance : ApiCommand
{
    private readonly Argument<string> history = new("file|id")
    {
        Description = "a file that 'history -o json' wrote, or the id of an instance of the server",
    };

    public ReplayInstance()
        : base("replay", "Run a stored history against the code of this program, without effects, and show the first difference") => Add(history);

    protected override async Task<int> RunAsync(Call call, CancellationToken cancellationToken)
    {
        var report = HistoryCheck.Run(EmbeddedHost.Tasks(), await ReadAsync(call, cancellationToken));
        var answer = new { report.InstanceId, report.Orchestrator, report.Actions, Difference = report.Difference?.Message };
        call.Show(JsonSerializer.SerializeToNode(answer, JsonSerializerOptions.Web), terminal => Draw(terminal, report));
        return report.Difference is null ? Holds : DoesNotHold;
    }

    private async Task<HistoryFile> ReadAsync(Call call, CancellationToken cancellationToken)
    {
        var source = call.Get(history);
        var json = File.Exists(source)
            ? await File.ReadAllTextAsync(source, cancellationToken)
            : (await call.Api.GetAsync(OrchestratorApi.ManagementPath("instances", source, "history"), cancellationToken))!.ToJsonString();
        try
        {
            return HistoryFile.FromJson(json);
        }
        catch (JsonException e)
        {
            throw new InputException($"{source} is no history: {e.Message} Write one with 'orc instances history ID -o json'.");
        }
    }

    private static void Draw(Terminal terminal, ReplayReport report)
    {
        if (report.Difference is not { } difference)
        {
            terminal.WriteLine(
                $"{report.InstanceId}: the code of {report.Orchestrator} does what the history says, in all {report.Actions.Count} actions");
            return;
        }

        var table = new Table().SimpleBorder().AddColumns("#", "the history", "the code");
        foreach (var action in report.Actions)
        {
            var mark = action.Recorded == action.Actual ? "" : "[red]";
            table.AddRow(
                action.Id.ToString(CultureInfo.InvariantCulture),
                Words.Text(action.Recorded ?? "nothing"),
                mark.Length == 0 ? Words.Text(action.Actual) : $"{mark}{Words.Text(action.Actual ?? "nothing")}[/]");
        }

        terminal.Write(table);
        terminal.WriteLine(difference.Message);
    }
}
