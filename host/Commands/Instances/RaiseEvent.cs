using System.CommandLine;
using System.Text.Json.Nodes;
using Orchestrator.Host.Api;
using Orchestrator.Host.Input;

namespace Orchestrator.Host.Commands.Instances;

/// <summary><c>orc instances raise ID EVENT [--data JSON | -f FILE]</c></summary>
internal sealed class RaiseEvent : ApiCommand
{
    private readonly Argument<string> id = Parameters.Instance();
    private readonly Argument<string> name = new("event") { Description = "the event's name" };
    private readonly Option<string> file = Parameters.File("the event's payload", required: false);
    private readonly Option<string?> data = new("--data") { Description = "the event's payload, YAML or JSON" };

    public RaiseEvent()
        : base("raise", "Raise an external event for an instance")
    {
        Add(id);
        Add(name);
        Add(data);
        Add(file);
    }

    protected override async Task<int> RunAsync(Call call, CancellationToken cancellationToken)
    {
        var payload = call.Get(data) is { } text ? SpecFile.Parse(text) : await call.ReadSpecAsync(file, cancellationToken) ?? new JsonObject();
        var path = OrchestratorApi.ManagementPath("instances", call.Get(id), "raiseEvent", call.Get(name));
        var answer = await call.Api.SendAsync(HttpMethod.Post, path, payload, cancellationToken);
        call.Show(answer, terminal => terminal.WriteLine("raised"));
        return Holds;
    }
}
