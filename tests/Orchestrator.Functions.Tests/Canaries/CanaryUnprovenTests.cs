using System.Text.Json.Nodes;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Domain.Traffic;

namespace Orchestrator.Functions.Tests.Canaries;

/// <summary>The app with all its rights but that to ask pods.</summary>
public sealed class UnaskingApp : ConfinedApp
{
    protected override bool IsGranted(JsonNode rule) => !rule.Items("resources").Any(resource => resource!.GetValue<string>() == "pods/proxy");
}

public sealed class CanaryUnprovenTests(UnaskingApp app) : IClassFixture<UnaskingApp>
{
    [Fact]
    public async Task Without_the_right_to_ask_the_status_says_unproven_and_the_run_completes()
    {
        (await app.PutAsync("/api/meshes/default", new JsonObject())).EnsureSuccessStatusCode();
        await app.PhaseAsync("/api/meshes/default", "Ready");
        using var tenant = await CanaryTenant.OnboardAsync(app, "unasked", "injection");

        await tenant.StartAsync("""{"setWeight":30},{"approve":{}}""");
        var view = await tenant.PhaseAsync("AwaitingApproval");
        Assert.Equal("Unproven", view["propagation"].Text("state"));
        Assert.Contains("pods/proxy", view["propagation"].Text("what"), StringComparison.Ordinal);
        var routes = await app.Cluster.Resources.GetAsync(ResourceType.VirtualService, "unasked", "hello", default);
        Assert.DoesNotContain(TrafficProof.Header, routes!.ToJsonString(), StringComparison.Ordinal);

        await tenant.SayAsync("promote?full=true");
        Assert.Equal("Unproven", (await tenant.PhaseAsync("Promoted"))["propagation"].Text("state"));
        await tenant.AnswersAsync("", answer => answer == "Hello Foo 0.0.2");
    }
}
