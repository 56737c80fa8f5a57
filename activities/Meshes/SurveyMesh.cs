using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Orchestrator.Cluster;
using Orchestrator.Cluster.Istio.Readiness;
using Orchestrator.Domain.Meshes;

namespace Orchestrator.Activities.Meshes;

/// <summary>What was seen on a control plane that serves.</summary>
/// <param name="Version">The version istiod runs; null when its image has no tag.</param>
/// <param name="Findings">What a person should know.</param>
public sealed record MeshSurvey(string? Version, IReadOnlyList<Finding> Findings);

/// <summary>Looks a control plane over that serves, for what a person should know about it.</summary>
public sealed class SurveyMesh(IClusterDirectory clusters)
{
    [Function(nameof(SurveyMesh))]
    public async Task<MeshSurvey> RunAsync([ActivityTrigger] MeshSpec spec, FunctionContext context)
    {
        var controlPlane = new ControlPlane(clusters.Get(spec.Cluster).Resources, spec);
        var istiod = await controlPlane.DeploymentAsync(context.CancellationToken);
        return new(ControlPlane.Version(istiod), await controlPlane.FindingsAsync(context.CancellationToken));
    }
}

public static class SurveyMeshCall
{
    extension(TaskOrchestrationContext context)
    {
        /// <inheritdoc cref="SurveyMesh"/>
        public Task<MeshSurvey> SurveyMeshAsync(MeshSpec spec) =>
            context.CallActivityAsync<MeshSurvey>(nameof(SurveyMesh), spec, ClusterCalls.Retried);
    }
}
