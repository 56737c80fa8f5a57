using Microsoft.Azure.Functions.Worker;
using Moq;
using Orchestrator.Activities.Meshes;
using Orchestrator.Cluster;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Domain;
using Orchestrator.Domain.Meshes;
using Orchestrator.TestKit;
using Orchestrator.Tests;

namespace Orchestrator.Activities.Tests;

/// <summary>A simulated cluster whose control plane was installed by the activities.</summary>
public sealed class MeshedCluster : IAsyncLifetime
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private static int nodePorts = 31000;

    public static readonly MeshRun Mesh = new("mesh.default/test", new() { Cluster = "default", Provider = MeshProvider.IstioOperator });

    public static TimeSpan Limit { get; } = TimeSpan.FromSeconds(5);

    public static FunctionContext Context { get; } = Mock.Of<FunctionContext>();

    public SimulatedCluster Cluster { get; } = new();

    public IClusterDirectory Directory => Cluster.Directory;

    public IResources Resources => Cluster.Resources;

    /// <summary>A nodePort that no other test of the cluster asks for.</summary>
    public static int FreeNodePort() => Interlocked.Increment(ref nodePorts);

    public async Task InitializeAsync()
    {
        await Cluster.InitializeAsync();
        await DoneAsync(() => new EnsureMeshNamespace(Directory).RunAsync(Mesh, Context));
        await DoneAsync(() => new ApplyControlPlane(Directory).RunAsync(Mesh, Context));
        await DoneAsync(() => new AwaitIstiod(Directory).RunAsync(new(Mesh, Limit), Context));
        await DoneAsync(() => new AwaitWebhooks(Directory).RunAsync(new(Mesh, Limit), Context));
    }

    public Task DisposeAsync() => Cluster.DisposeAsync();

    /// <summary>Calls an activity until it is done, as a run does.</summary>
    public static async Task<StepReport> DoneAsync(Func<Task<StepReport>> call)
    {
        var end = await Eventually.GetAsync(
            async () => await call() is { Outcome: not StepOutcome.Waiting } report ? report : null, Deadline, "the activity to be done");
        Assert.True(end.Outcome is StepOutcome.Done, end.Message);
        return end;
    }
}
