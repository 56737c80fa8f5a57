using Orchestrator.Activities.Meshes;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Domain;
using Orchestrator.Domain.Meshes;
using Orchestrator.Tests;
using static Orchestrator.Activities.Tests.MeshedCluster;

namespace Orchestrator.Activities.Tests.Meshes;

public sealed class MeshActivityTests(MeshedCluster meshed) : IClassFixture<MeshedCluster>
{
    [Fact]
    public async Task The_control_plane_stands_as_the_article_builds_it()
    {
        var istiod = await meshed.Resources.GetAsync(ResourceType.Deployment, "istio-system", "istiod", default);

        Assert.Equal(2, istiod.Number("status", "availableReplicas"));
        Assert.Contains(
            istiod.Items("spec", "template", "spec", "containers").SelectMany(container => container.Items("env")),
            variable => variable.Text("name") == "PILOT_SCOPE_GATEWAY_TO_NAMESPACE" && variable.Text("value") == "true");
        Assert.Null(await meshed.Resources.GetAsync(ResourceType.Deployment, "istio-system", "istio-ingressgateway", default));
    }

    [Fact]
    public async Task Ensuring_a_control_plane_that_stands_changes_nothing()
    {
        var run = Mesh with { Id = "mesh.default/again" };
        var before = await meshed.Cluster.TextAsync(ResourceType.IstioOperator, "istio-system", "istio-control-plane");

        StepReport[] reports =
        [
            await new VerifyMesh(meshed.Directory).RunAsync(run, Context),
            await new EnsureMeshNamespace(meshed.Directory).RunAsync(run, Context),
            await new ApplyControlPlane(meshed.Directory).RunAsync(run, Context),
            await new AwaitCustomResources(meshed.Directory).RunAsync(new(run, Limit), Context),
        ];

        Assert.Equal(["Ready", "Unchanged", "Unchanged", "Ready"], reports.Select(report => report.Result));
        Assert.Equal(before, await meshed.Cluster.TextAsync(ResourceType.IstioOperator, "istio-system", "istio-control-plane"));
    }

    [Fact]
    public async Task More_replicas_than_there_are_are_waited_for()
    {
        var report = await new AwaitIstiod(meshed.Directory).RunAsync(
            new(Mesh with { Spec = Mesh.Spec with { MinReplicas = 3 } }, TimeSpan.FromSeconds(1)), Context);

        Assert.Equal(StepOutcome.Waiting, report.Outcome);
        Assert.Contains("Deployment istio-system/istiod: 2 of 3 replicas available", report.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_survey_tells_the_version_that_runs() =>
        Assert.Matches(@"^\d+\.\d+", (await new SurveyMesh(meshed.Directory).RunAsync(Mesh.Spec, Context)).Version);

    [Fact]
    public async Task A_control_plane_of_another_revision_is_not_there()
    {
        var blue = Mesh with { Spec = Mesh.Spec with { Revision = "blue", Provider = MeshProvider.Existing } };

        var istiod = await new AwaitIstiod(meshed.Directory).RunAsync(new(blue, TimeSpan.FromSeconds(1)), Context);
        var webhooks = await new AwaitWebhooks(meshed.Directory).RunAsync(new(blue, TimeSpan.FromSeconds(1)), Context);

        Assert.Equal("Deployment istio-system/istiod-blue to be created", istiod.Message);
        Assert.Equal("webhook configuration istio-sidecar-injector-blue to be created", webhooks.Message);
    }

    [Fact]
    public async Task A_cluster_that_nobody_configured_is_refused()
    {
        var report = await new VerifyMesh(meshed.Directory).RunAsync(Mesh with { Spec = Mesh.Spec with { Cluster = "west" } }, Context);

        Assert.Equal(StepOutcome.Refused, report.Outcome);
        Assert.Contains("No cluster 'west' is configured", report.Message, StringComparison.Ordinal);
    }
}

public sealed class MeshRestorationTests(SimulatedCluster cluster) : IClassFixture<SimulatedCluster>
{
    [Fact]
    public async Task What_a_run_installed_is_taken_away_to_the_last_object()
    {
        var namespaceBefore = await new CaptureMesh(cluster.Directory).RunAsync(new(Mesh, MeshPart.Namespace), Context);
        await DoneAsync(() => new EnsureMeshNamespace(cluster.Directory).RunAsync(Mesh, Context));
        var before = await new CaptureMesh(cluster.Directory).RunAsync(new(Mesh, MeshPart.ControlPlane), Context);
        await DoneAsync(() => new ApplyControlPlane(cluster.Directory).RunAsync(Mesh, Context));
        await DoneAsync(() => new AwaitIstiod(cluster.Directory).RunAsync(new(Mesh, Limit), Context));

        await DoneAsync(() => new RestoreObjects(cluster.Directory).RunAsync(new("default", Mesh.Id, before), Context));
        await DoneAsync(() => new RestoreObjects(cluster.Directory).RunAsync(new("default", Mesh.Id, namespaceBefore), Context));
        var again = await new RestoreObjects(cluster.Directory).RunAsync(new("default", Mesh.Id, namespaceBefore), Context);

        Assert.Equal("nothing to undo", again.Message);
        Assert.Null(await cluster.TextAsync(ResourceType.Namespace, null, "istio-system"));
        Assert.Empty(await cluster.Resources.ListAsync(ResourceType.Deployment, null, null, default));
        Assert.Null(await cluster.TextAsync(ResourceType.MutatingWebhookConfiguration, null, "istio-sidecar-injector"));
    }
}
