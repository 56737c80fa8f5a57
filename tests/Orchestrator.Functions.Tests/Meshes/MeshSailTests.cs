using System.Text.Json.Nodes;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.TestKit;

namespace Orchestrator.Functions.Tests.Meshes;

/// <summary>A control plane that Sail installs, from a cluster without Sail to an update that fails.</summary>
public sealed class MeshSailTests(RunningApp app) : IClassFixture<RunningApp>
{
    private const string Path = "/api/meshes/default";

    private Task<JsonObject> EndAsync() => app.PhaseAsync(Path, "Ready", "Degraded", "Failed");

    [Fact]
    public async Task Sail_installs_a_control_plane_and_a_failed_update_leaves_it_as_it_was()
    {
        // 1. The resources of Sail are served, but there is no operator that acts on them.
        var sail = Yaml.Read("{provider: sail, version: 1.30.3}");
        await app.PutAsync(Path, sail);
        var refused = await EndAsync();
        Assert.Equal("Failed", refused.Text("phase"));
        Assert.Contains("provider sail needs the Sail operator, and none runs", refused.Text("reason"), StringComparison.Ordinal);
        Assert.Equal("preflight Failed", refused.Steps().First());

        // 2. With the operator, a spec that leaves the provider open finds it, and a control plane that does not get ready goes to the last object.
        await app.Cluster.InstallSailAsync();
        app.Cluster.Server.Faults.Deployments[("istio-system", "istiod")] = new();
        await app.PutAsync(Path, new JsonObject { ["timeout"] = "5s" });
        var waiting = await app.WaitingAsync(Path, "Istio default to be Ready");
        Assert.Equal("sail", waiting.Text("provider"));
        var failed = await EndAsync();
        app.Cluster.Server.Faults.Deployments.Clear();
        Assert.Equal(
            ["preflight Done", "namespace Undone", "control-plane Undone", "custom-resources Done", "istiod Failed", "webhooks Pending"], failed.Steps());
        await Eventually.Async(
            async () => await app.Cluster.TextAsync(ResourceType.Namespace, null, "istio-system") is null
                && await app.Cluster.TextAsync(ResourceType.Istio, null, "default") is null
                && await app.Cluster.TextAsync(ResourceType.MutatingWebhookConfiguration, null, "istio-sidecar-injector") is null,
            TimeSpan.FromSeconds(20),
            "everything to be gone");

        // 3. It stands as asked, and an injector that answers is the proof.
        await app.PutAsync(Path, sail);
        var ready = await EndAsync();
        Assert.Equal(("Ready", "sail", "1.30.3"), (ready.Text("phase"), ready.Text("provider"), ready.Text("version")));
        Assert.All(ready.Steps(), step => Assert.EndsWith("Done", step, StringComparison.Ordinal));
        Assert.Contains("a pod in istio-system gets its proxy", ready["steps"]!.AsArray().Last().Text("message"), StringComparison.Ordinal);
        var istio = await app.Cluster.Resources.GetAsync(ResourceType.Istio, null, "default", default);
        Assert.Equal("true", istio.Text("spec", "values", "pilot", "env", "PILOT_SCOPE_GATEWAY_TO_NAMESPACE"));

        // 4. Asked again without a provider, it stays with Sail, and nothing changes.
        await app.PutAsync(Path, new JsonObject { ["version"] = "1.30.3" });
        var again = await EndAsync();
        Assert.Equal("sail", again.Text("provider"));
        Assert.All(again["steps"]!.AsArray(), step => Assert.Contains(step.Text("result"), (string[])["Ready", "Unchanged"]));

        // 5. An update that does not get ready leaves what stood, but for what the server counts.
        var before = istio!["spec"]!.ToJsonString();
        app.Cluster.Server.Faults.Deployments[("istio-system", "istiod")] = new();
        await app.PutAsync(Path, Yaml.Read("{version: 1.30.2, minReplicas: 3, timeout: 5s}"));
        var undone = await EndAsync();
        app.Cluster.Server.Faults.Deployments.Clear();
        Assert.Equal("Failed", undone.Text("phase"));
        Assert.Equal(before, (await app.Cluster.Resources.GetAsync(ResourceType.Istio, null, "default", default))!["spec"]!.ToJsonString());

        // 6. Another control plane that would see the same namespaces is refused before it is written.
        await app.PutAsync("/api/meshes/west", Yaml.Read("{provider: sail, revision: blue, namespace: mesh}"));
        var beside = await app.PhaseAsync("/api/meshes/west", "Ready", "Degraded", "Failed");
        Assert.Contains("each would overwrite the other's root certificate", beside.Text("reason"), StringComparison.Ordinal);
        Assert.Null(await app.Cluster.TextAsync(ResourceType.Namespace, null, "mesh"));
    }
}
