using System.CommandLine;
using Orchestrator.Host.Api;
using Orchestrator.Host.Output;
using Spectre.Console;

namespace Orchestrator.Host.Commands.Instances;

/// <summary><c>orc instances list</c></summary>
internal sealed class ListInstances : ApiCommand
{
    private readonly Option<string?> prefix = new("--prefix") { Description = "only ids that start so, e.g. canary.foo." };
    private readonly Option<string[]> status = new("--status")
    {
        Description = "only these runtime statuses: Pending, Running, Suspended, Completed, Failed, Terminated",
        AllowMultipleArgumentsPerToken = true,
    };

    public ListInstances()
        : base("list", "List orchestration instances")
    {
        Add(prefix);
        Add(status);
    }

    protected override async Task<int> RunAsync(Call call, CancellationToken cancellationToken)
    {
        List<string> query = ["showInput=false"];
        if (call.Get(prefix) is { } start)
        {
            query.Add($"instanceIdPrefix={Uri.EscapeDataString(start)}");
        }

        if (call.Get(status) is { Length: > 0 } statuses)
        {
            query.Add($"runtimeStatus={Uri.EscapeDataString(string.Join(',', statuses))}");
        }

        var answer = await call.Api.ListAsync($"{OrchestratorApi.ManagementPath("instances")}?{string.Join('&', query)}", cancellationToken);
        call.Show(answer, terminal => terminal.Write(Table([.. answer.Select(node => InstanceStatus.Read(node!))])));
        return Holds;
    }

    private static Table Table(IReadOnlyList<InstanceStatus> instances)
    {
        var table = new Table().SimpleBorder().AddColumns("id", "function", "status", "created", "last update");
        foreach (var instance in instances)
        {
            table.AddRow(
                Words.Text(instance.InstanceId),
                Words.Text(instance.Name),
                Words.Text(instance.RuntimeStatus),
                Words.Text(instance.CreatedTime),
                Words.Text(instance.LastUpdatedTime));
        }

        return table;
    }
}
