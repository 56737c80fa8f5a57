using System.CommandLine;
using Orchestrator.Host.Api;

namespace Orchestrator.Host.Commands.Instances;

/// <summary><c>orc instances terminate|suspend|resume ID [--reason TEXT]</c></summary>
internal sealed class ControlInstance : ApiCommand
{
    private readonly Argument<string> id = Parameters.Instance();
    private readonly Option<string?> reason = Parameters.Reason();

    /// <param name="verb">The verb, as in the management API's path.</param>
    /// <param name="description">What it does.</param>
    public ControlInstance(string verb, string description)
        : base(verb, description)
    {
        Add(id);
        Add(reason);
    }

    protected override async Task<int> RunAsync(Call call, CancellationToken cancellationToken)
    {
        var query = call.Get(reason) is { } why ? $"?reason={Uri.EscapeDataString(why)}" : "";
        var path = OrchestratorApi.ManagementPath("instances", call.Get(id), Name) + query;
        var answer = await call.Api.SendAsync(HttpMethod.Post, path, null, cancellationToken);
        call.Show(answer, terminal => terminal.WriteLine($"{Name}: accepted"));
        return Holds;
    }
}
