using System.CommandLine;
using System.Text.Json.Nodes;
using Orchestrator.Host.Api;
using Orchestrator.Host.Output;
using Spectre.Console;

namespace Orchestrator.Host.Commands.Instances;

/// <summary><c>orc instances get ID</c></summary>
internal sealed class GetInstance : ApiCommand
{
    private readonly Argument<string> id = Parameters.Instance();
    private readonly Option<bool> history = new("--history") { Description = "with the events of its history" };

    public GetInstance()
        : base("get", "Show an instance: status, custom status, input, output")
    {
        Add(id);
        Add(history);
    }

    protected override async Task<int> RunAsync(Call call, CancellationToken cancellationToken)
    {
        var query = call.Get(history) ? "?showHistory=true&showHistoryOutput=true" : "";
        var answer = await call.Api.GetAsync($"{OrchestratorApi.ManagementPath("instances", call.Get(id))}{query}", cancellationToken);
        call.Show(answer, terminal =>
        {
            terminal.Write(Tree(InstanceStatus.Read(answer!)));
            foreach (var e in answer!["historyEvents"] as JsonArray ?? [])
            {
                terminal.WriteLine(e!.ToJsonString());
            }
        });
        return Holds;
    }

    private static Tree Tree(InstanceStatus instance)
    {
        var tree = new Tree($"[bold]{Words.Text(instance.InstanceId)}[/] {Words.Text(instance.Name)}  {Words.Text(instance.RuntimeStatus)}");
        tree.AddNode($"created {Words.Text(instance.CreatedTime)}, last update {Words.Text(instance.LastUpdatedTime)}");
        foreach (var (name, value) in new[] { ("input", instance.Input), ("custom status", instance.CustomStatus), ("output", instance.Output) })
        {
            if (value is not null)
            {
                tree.AddNode($"{name} {Words.Text(value.ToJsonString())}");
            }
        }

        return tree;
    }
}
