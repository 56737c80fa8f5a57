using System.Text.Json.Nodes;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.TestKit;

namespace Orchestrator.Functions.Tests.Tenants;

public sealed class TenantRestartTests(RunningAppWithMesh app) : IClassFixture<RunningAppWithMesh>
{
    [Fact]
    public async Task A_run_goes_on_after_a_restart_where_it_stood()
    {
        app.Cluster.Server.Faults.Deployments[("foo", "gw")] = new();
        var spec = Yaml.Read($$"""
            gateway: {service: {ports: [{name: http2, port: 80, nodePort: {{RunningApp.FreeNodePort()}} }] } }
            services: [{name: hello, prefix: /foo/, stable: v0-0-1}]
            """);
        await app.PutAsync("/api/tenants/foo", spec);
        var before = await app.WaitingAsync("/api/tenants/foo", "Deployment foo/gw: 0 of 2 replicas");
        var uid = await UidAsync();

        await app.StopAsync();
        app.Cluster.Server.Faults.Deployments.Clear();
        await app.StartAsync();
        var after = await app.PhaseAsync("/api/tenants/foo", "Ready", "RolledBack", "Failed");

        Assert.Equal("Ready", after.Text("phase"));
        Assert.Equal(uid, await UidAsync());
        Assert.Equal(Finished(before).Take(5), Finished(after).Take(5));

        async Task<string?> UidAsync() => (await app.Cluster.Resources.GetAsync(ResourceType.Service, "foo", "gw", default))?.Uid;

        static IEnumerable<string?> Finished(JsonObject view) => view["steps"]!.AsArray().Select(step => step!["finishedAt"]?.ToString());
    }
}
