using System.Net;
using System.Text.Json.Nodes;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.TestKit;

namespace Orchestrator.Functions.Tests.Meshes;

public sealed class MeshApiTests(RunningApp app) : IClassFixture<RunningApp>
{
    private const string Path = "/api/meshes/default";

    [Fact]
    public async Task A_mesh_is_installed_ensured_again_and_changed()
    {
        // 1. Before anything was asked for, there is none.
        var absent = await app.GetAsync(Path);
        Assert.Equal("Absent", absent.Text("phase"));

        // 2. While istiod does not get ready, the run says so and takes the same spec only.
        app.Cluster.Server.Faults.Deployments[("istio-system", "istiod")] = new();
        var started = await app.PutAsync(Path, new JsonObject());
        Assert.Equal((HttpStatusCode.Accepted, Path), (started.StatusCode, started.Headers.Location?.OriginalString));
        var waiting = await app.WaitingAsync(Path, "Deployment istio-system/istiod: 0 of 2 replicas available");
        Assert.Equal("Installing", waiting.Text("phase"));
        Assert.Equal(HttpStatusCode.Accepted, (await app.PutAsync(Path, new JsonObject())).StatusCode);
        await (await app.PutAsync(Path, new JsonObject { ["minReplicas"] = 3 })).ProblemAsync(HttpStatusCode.Conflict);

        // 3. Then it is ready.
        app.Cluster.Server.Faults.Deployments.Clear();
        var ready = await app.PhaseAsync(Path, "Ready", "Degraded", "Failed");
        Assert.Equal(("Ready", "istioOperator", "default"), (ready.Text("phase"), ready.Text("provider"), ready.Text("revision")));
        Assert.Equal(
            ["preflight Done", "namespace Done", "control-plane Done", "custom-resources Done", "istiod Done", "webhooks Done"], ready.Steps());
        Assert.NotNull(ready.Text("version"));

        // Asked for it, the API looks at the cluster now.
        Assert.DoesNotContain(ready["findings"]!.AsArray(), finding => finding.Text("code") == "istio-version");
        var live = await app.GetAsync($"{Path}?live=true");
        Assert.Contains(live["findings"]!.AsArray(), finding => finding.Text("code") == "istio-version");
        Assert.DoesNotContain(live["findings"]!.AsArray(), finding => finding.Text("severity") == "Error");

        // 4. Ensuring it again changes nothing.
        await app.PutAsync(Path, new JsonObject());
        var again = await app.PhaseAsync(Path, "Ready", "Degraded", "Failed");
        Assert.All(again["steps"]!.AsArray(), step => Assert.Contains(step.Text("result"), (string[])["Ready", "Unchanged"]));

        // 5. An update that does not get ready leaves what stood.
        var before = await OperatorAsync();
        var failing = new JsonObject { ["minReplicas"] = 3, ["timeout"] = "5s" };
        app.Cluster.Server.Faults.Deployments[("istio-system", "istiod")] = new();
        Assert.Equal("Updating", (await (await app.PutAsync(Path, failing)).JsonAsync()).Text("phase"));
        var failed = await app.PhaseAsync(Path, "Ready", "Degraded", "Failed");
        app.Cluster.Server.Faults.Deployments.Clear();
        Assert.Equal("Failed", failed.Text("phase"));
        Assert.Matches("not done within 5s, waiting for .*istiod", failed.Text("reason"));
        Assert.Equal(before, await OperatorAsync());
    }

    [Fact]
    public async Task A_cluster_that_nobody_configured_is_not_found()
    {
        var detail = await (await app.Http.GetAsync("/api/meshes/east")).ProblemAsync(HttpStatusCode.NotFound);

        Assert.Contains("known are: default, west", detail, StringComparison.Ordinal);
        await (await app.PutAsync("/api/meshes/east", new JsonObject())).ProblemAsync(HttpStatusCode.NotFound);
    }

    private async Task<string> OperatorAsync() => (await app.Cluster.Resources.GetAsync(
        ResourceType.IstioOperator, "istio-system", "istio-control-plane", default))!["spec"]!.ToJsonString();
}
