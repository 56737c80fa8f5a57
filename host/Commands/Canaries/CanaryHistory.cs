using System.CommandLine;
using Orchestrator.Domain.Canaries;
using Orchestrator.Host.Api;
using Orchestrator.Host.Output;

namespace Orchestrator.Host.Commands.Canaries;

/// <summary><c>orc canaries history TENANT SERVICE</c></summary>
internal sealed class CanaryHistory : ApiCommand
{
    private readonly Argument<string> tenant = Parameters.Tenant();
    private readonly Argument<string> service = Parameters.Service();

    public CanaryHistory()
        : base("history", "Show every past run with its outcome, decisions and changes of weight; -o json shows every measurement too")
    {
        Add(tenant);
        Add(service);
    }

    protected override async Task<int> RunAsync(Call call, CancellationToken cancellationToken)
    {
        var answer = await call.Api.GetAsync(OrchestratorApi.Path("tenants", call.Get(tenant), "canaries", call.Get(service), "history"), cancellationToken);
        call.Show(answer, terminal =>
        {
            foreach (var record in answer!.AsArray())
            {
                terminal.Write(CanaryTree.Of(Views.Read<CanaryRecord>(record!)));
            }
        });
        return Holds;
    }
}
