using System.CommandLine;
using System.Text.Json.Nodes;
using Orchestrator.Domain.Meshes;
using Orchestrator.Host.Api;
using Orchestrator.Host.Output;

namespace Orchestrator.Host.Commands.Meshes;

/// <summary><c>orc mesh ensure [CLUSTER] [-f FILE]</c></summary>
internal sealed class EnsureMesh : ApiCommand
{
    private readonly Argument<string> cluster = GetMesh.Cluster();
    private readonly Option<string> file = Parameters.File("the mesh's spec; all of it has defaults", required: false);
    private readonly Option<bool> watch = Parameters.Watch();

    public EnsureMesh()
        : base("ensure", "Install a cluster's control plane, or bring it to a changed spec")
    {
        Add(cluster);
        Add(file);
        Add(watch);
    }

    protected override async Task<int> RunAsync(Call call, CancellationToken cancellationToken)
    {
        var path = OrchestratorApi.Path("meshes", call.Get(cluster));
        var spec = await call.ReadSpecAsync(file, cancellationToken) ?? new JsonObject();
        var answer = await call.Api.SendAsync(HttpMethod.Put, path, spec, cancellationToken);
        if (call.Get(watch))
        {
            var end = await call.WatchAsync<MeshView>(path, view => view.Phase is not MeshPhase.Absent && GetMesh.HasSettled(view), StepTree.Of, cancellationToken);
            return end is { Phase: MeshPhase.Ready } ? Holds : DoesNotHold;
        }

        call.Show(answer, terminal => terminal.WriteLine($"accepted; 'orc mesh get {call.Get(cluster)} -w' shows how it goes"));
        return Holds;
    }
}
