using System.CommandLine;
using Orchestrator.Host.Api;

namespace Orchestrator.Host.Commands.Instances;

/// <summary><c>orc instances purge ID</c></summary>
internal sealed class PurgeInstance : ApiCommand
{
    private readonly Argument<string> id = Parameters.Instance();

    public PurgeInstance()
        : base("purge", "Delete a finished instance with its history") => Add(id);

    protected override async Task<int> RunAsync(Call call, CancellationToken cancellationToken)
    {
        var answer = await call.Api.SendAsync(HttpMethod.Delete, OrchestratorApi.ManagementPath("instances", call.Get(id)), null, cancellationToken);
        call.Show(answer, terminal => terminal.WriteLine($"purged {call.Get(id)}"));
        return Holds;
    }
}
