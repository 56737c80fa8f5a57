using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Orchestrator.Host.Api;
using Orchestrator.Host.Output;
using Spectre.Console;

namespace Orchestrator.Host.Commands.Instances;

/// <summary><c>orc instances history ID</c></summary>
internal sealed class InstanceHistory : ApiCommand
{
    private static readonly string[] Ordinary = ["type", "timestamp"];
    private readonly Argument<string> id = Parameters.Instance();

    public InstanceHistory()
        : base("history", "Show every event of an instance; -o json gives the form that 'replay' reads") => Add(id);

    protected override async Task<int> RunAsync(Call call, CancellationToken cancellationToken)
    {
        var answer = await call.Api.GetAsync(OrchestratorApi.ManagementPath("instances", call.Get(id), "history"), cancellationToken);
        call.Show(answer, terminal => terminal.Write(Table(answer!["Events"]!.AsArray())));
        return Holds;
    }

    private static Table Table(JsonArray events)
    {
        var table = new Table().SimpleBorder().AddColumns("#", "time", "event", "");
        for (var i = 0; i < events.Count; i++)
        {
            var @event = events[i]!.AsObject();
            table.AddRow(
                i.ToString(CultureInfo.InvariantCulture),
                Words.Text($"{@event["Timestamp"]}"),
                Words.Text($"{@event["type"]}"),
                Words.Text(Details(@event)));
        }

        return table;
    }

    private static string Details(JsonObject @event) => string.Join(
        ' ',
        @event.Where(member => !Ordinary.Contains(member.Key, StringComparer.OrdinalIgnoreCase)).Select(member => $"{member.Key}={member.Value}"));
}
