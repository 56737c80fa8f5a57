using System.CommandLine;
using Orchestrator.Host.Api;
using Orchestrator.Host.Output;
using Spectre.Console;

namespace Orchestrator.Host.Commands.Instances;

/// <summary><c>orc instances get ID</c></summary>
internal sealed class GetInstance : ApiCommand
{
    private readonly Argument<string> id = Parameters.Instance();

    public GetInstance()
        : base("get", "Show an instance: status, custom status, input, output") => Add(id);

    protected override async Task<int> RunAsync(Call call, CancellationToken cancellationToken)
    {
        var answer = await call.Api.GetAsync(OrchestratorApi.ManagementPath("instances", call.Get(id)), cancellationToken);
        call.Show(answer, terminal => terminal.Write(Tree(InstanceStatus.Read(answer!))));
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
