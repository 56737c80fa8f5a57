using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Orchestrator.Durable.Engine.Inspection;
using Orchestrator.Host.Api;
using Orchestrator.Host.Output;
using Spectre.Console;

namespace Orchestrator.Host.Commands.Instances;

/// <summary><c>orc instances get ID</c></summary>
internal sealed class GetInstance : ApiCommand
{
    private readonly Argument<string> id = Parameters.Instance();

    public GetInstance()
        : base("get", "Show an instance: status, custom status, input, output, and what it waits for") => Add(id);

    protected override async Task<int> RunAsync(Call call, CancellationToken cancellationToken)
    {
        var answer = await call.Api.GetAsync(OrchestratorApi.ManagementPath("instances", call.Get(id)), cancellationToken);
        var wait = await call.Api.FindAsync(OrchestratorApi.ManagementPath("instances", call.Get(id), "wait"), cancellationToken);
        if (answer is JsonObject status)
        {
            status["wait"] = wait?.DeepClone();
        }

        call.Show(answer, terminal => terminal.Write(Tree(InstanceStatus.Read(answer!), wait)));
        return Holds;
    }

    private static Tree Tree(InstanceStatus instance, JsonNode? wait)
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

        foreach (var line in Waits(wait?.Deserialize<InstanceWait>(InstanceWait.Json)))
        {
            tree.AddNode(Words.Text(line));
        }

        return tree;
    }

    private static IEnumerable<string> Waits(InstanceWait? wait) => wait is null ? [] :
    [
        .. wait.StartsAt is { } start ? [$"starts at {start:u}"] : Array.Empty<string>(),
        .. wait.Activities.Select(e => $"waits for activity {e.Name} since {e.Scheduled:u}{Attempt(e.Attempt)}"),
        .. wait.Timers.Select(e => $"waits until {e.Due:u}{(e.NextAttempt is { } next ? $" for{Attempt(next)}" : "")}"),
        .. wait.Children.Select(e =>
            $"waits for sub-orchestration {e.InstanceId} ({e.Name}), {e.Status?.ToString() ?? "which is gone"}{Attempt(e.Attempt)}"),
        .. wait.AwaitedEvents.CountBy(name => name).Select(e => $"waits for event {e.Key}{(e.Value > 1 ? $", {e.Value} times" : "")}"),
        .. wait.BufferedEvents.Select(e => $"holds event {e.Name}, which came at {e.Received:u}"),
        .. wait.Problem is { } problem ? [problem] : Array.Empty<string>(),
    ];

    private static string Attempt(CallAttempt attempt) =>
        attempt.Number == 1 ? "" : $" attempt {attempt.Number}, the last failed with: {attempt.LastFailure}";
}
