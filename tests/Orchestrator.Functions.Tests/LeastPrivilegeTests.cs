using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.TestKit;

namespace Orchestrator.Functions.Tests;

/// <summary>The app with the rights of <c>infra/kubernetes</c> and no others.</summary>
public class ConfinedApp : RunningApp
{
    private const string Account = "orchestrator";

    protected override async Task<string> KubeconfigAsync(TemporaryDirectory data)
    {
        var overlay = Repository.PathOf("infra", "kubernetes", "overlays", "in-cluster");
        var rendered = await RunningProcess.RunAsync("kubectl", ["kustomize", overlay], TimeSpan.FromMinutes(1));
        Assert.True(rendered.ExitCode == 0, rendered.Error);
        foreach (var item in Yaml.ReadAll(rendered.Output).Where(item => !item.Kind.StartsWith("Validating", StringComparison.Ordinal)))
        {
            foreach (var refused in item.Items("rules").Where(rule => !IsGranted(rule!)).ToList())
            {
                item["rules"]!.AsArray().Remove(refused);
            }

            await Cluster.Resources.CreateAsync(TypeOf(item.Kind), item, default);
        }

        var file = data["confined.kubeconfig"];
        await File.WriteAllTextAsync(file, Cluster.Server.KubeconfigOf(Account, Account));
        return file;
    }

    /// <summary>Whether the app has these of the rights.</summary>
    protected virtual bool IsGranted(JsonNode rule) => true;

    private static ResourceType TypeOf(string kind) => kind switch
    {
        "Namespace" => ResourceType.Namespace,
        "ServiceAccount" => ResourceType.ServiceAccount,
        _ => new(ResourceType.Role.Group, "v1", kind, $"{kind.ToLowerInvariant()}s", Namespaced: false),
    };
}

public sealed class LeastPrivilegeTests(ConfinedApp app) : IClassFixture<ConfinedApp>
{
    [Fact]
    public async Task The_rights_that_are_granted_are_enough_for_everything_it_does()
    {
        (await app.PutAsync("/api/meshes/default", new JsonObject())).EnsureSuccessStatusCode();
        Assert.Equal("Ready", (await app.PhaseAsync("/api/meshes/default", "Ready", "Failed")).Text("phase"));

        foreach (var mode in (string[])["injection", "istioOperator", "gatewayApi"])
        {
            await LiveAsync($"confined-{mode}".ToLowerInvariant(), mode);
        }

        await app.Cluster.InstallSailAsync();
        await LiveAsync("confined-dedicated", "injection", "dedicated");
        await app.Cluster.ServeAmbientAsync("ambient");
        await LiveAsync("confined-ambient", "gatewayApi", mesh: "{revision: ambient, dataPlane: ambient}");

        var mesh = await app.GetAsync("/api/meshes/default?live=true");
        Assert.DoesNotContain(mesh["findings"]!.AsArray(), finding => finding.Text("code")!.Contains("right", StringComparison.OrdinalIgnoreCase));
    }

    private async Task PromoteAsync(string tenant)
    {
        await app.Cluster.Resources.CreateAsync(ResourceType.Deployment, Yaml.Read($$"""
            metadata: {name: hello-v0-0-1, namespace: {{tenant}}}
            spec:
              selector: {matchLabels: {app: hello, version: v0-0-1} }
              template:
                metadata: {labels: {app: hello, version: v0-0-1} }
                spec: {containers: [{name: hello, image: "hello:0.0.1", ports: [{containerPort: 8080}]}]}
            """), default);
        var canaries = $"/api/tenants/{tenant}/canaries";
        var canary = Yaml.Read("{service: hello, candidate: {version: v0-0-2, image: 'hello:0.0.2'}, steps: [{approve: {timeout: 5m}}], keepStable: 1s}");
        (await app.Http.PostAsJsonAsync(canaries, canary)).EnsureSuccessStatusCode();
        await app.PhaseAsync($"{canaries}/hello", "AwaitingApproval");
        (await app.Http.PostAsJsonAsync($"{canaries}/hello/promote?full=true", Yaml.Read("{by: ann, reason: well}"))).EnsureSuccessStatusCode();
        var view = await app.PhaseAsync($"{canaries}/hello", "Promoted", "RolledBack", "Failed", "Aborted");
        Assert.True(view.Text("phase") == "Promoted", view.ToJsonString());
    }

    private async Task LiveAsync(string tenant, string mode, string isolation = "shared", string mesh = "{}")
    {
        var path = $"/api/tenants/{tenant}";
        var spec = RunningApp.InnerTenant(tenant);
        spec["gateway"]!["mode"] = mode;
        spec["isolation"] = isolation;
        spec["mesh"] = Yaml.Read(mesh);
        spec["policies"] = Yaml.Read("{admins: ['group:admins'], quota: {pods: 60}, limits: {default: {cpu: 500m}}, podSecurity: baseline}");
        await IsAsync("Ready", await app.PutAsync(path, spec));
        await PromoteAsync(tenant);

        await app.Cluster.Resources.DeleteAsync(ResourceType.NetworkPolicy, tenant, "default-deny-ingress", uid: null, default);
        Assert.True((await app.GetAsync($"{path}/drift"))["drifted"]!.GetValue<bool>());
        await IsAsync("Ready", await app.Http.PostAsync($"{path}/repair", content: null));

        string[] announced = ["TenantReady", "CanaryPreparing", "CanaryAwaitingApproval", "CanaryPromoting", "CanaryPromoted"];
        await Eventually.Async(
            async () => announced.Except((await app.Cluster.Resources.ListAsync(ResourceType.Event, tenant, null, default)).Select(e => e.Text("reason"))).ToList() is [],
            TimeSpan.FromSeconds(30),
            "Events of what happened");

        spec["services"] = new JsonArray();
        spec["policies"] = Yaml.Read("{networkPolicy: false}");
        await IsAsync("Ready", await app.PutAsync(path, spec));
        await IsAsync("Offboarded", await app.Http.DeleteAsync(path));

        async Task IsAsync(string phase, HttpResponseMessage answer)
        {
            answer.EnsureSuccessStatusCode();
            var view = await app.PhaseAsync(path, "Ready", "RolledBack", "Failed", "Offboarded");
            Assert.True(view.Text("phase") == phase, view.ToJsonString());
        }
    }
}
