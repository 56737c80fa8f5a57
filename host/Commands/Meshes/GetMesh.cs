using System.CommandLine;
using Orchestrator.Domain.Meshes;
using Orchestrator.Host.Api;
using Orchestrator.Host.Output;

namespace Orchestrator.Host.Commands.Meshes;

/// <summary><c>orc mesh get [CLUSTER]</c></summary>
internal sealed class GetMesh : ApiCommand
{
    private readonly Argument<string> cluster = Cluster();
    private readonly Option<bool> watch = Parameters.Watch();

    public GetMesh()
        : base("get", "Show a cluster's control plane")
    {
        Add(cluster);
        Add(watch);
    }

    public static Argument<string> Cluster() => new("cluster") { Description = "the cluster's name in the configuration", DefaultValueFactory = _ => "default" };

    /// <summary>Whether a mesh's run has ended, well or not.</summary>
    public static bool HasSettled(MeshView view) => view.Phase is MeshPhase.Ready or MeshPhase.Degraded or MeshPhase.Failed or MeshPhase.Absent;

    protected override async Task<int> RunAsync(Call call, CancellationToken cancellationToken)
    {
        var path = OrchestratorApi.Path("meshes", call.Get(cluster));
        var view = await call.Api.GetAsync(path, cancellationToken);
        if (call.Get(watch))
        {
            var end = await call.WatchAsync<MeshView>(path, HasSettled, StepTree.Of, cancellationToken);
            return end is { Phase: MeshPhase.Ready } ? Holds : DoesNotHold;
        }

        call.Show<MeshView>(view!, StepTree.Of);
        return Holds;
    }
}
