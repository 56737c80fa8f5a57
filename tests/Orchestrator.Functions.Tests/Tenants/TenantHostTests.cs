using System.Net;
using System.Text.Json.Nodes;
using Orchestrator.TestKit;

namespace Orchestrator.Functions.Tests.Tenants;

/// <summary>Tenants that serve hosts of their own.</summary>
public sealed class TenantHostTests(RunningAppWithMesh app) : IClassFixture<RunningAppWithMesh>
{
    private static JsonObject Spec(string mode, int nodePort, string hosts) => Yaml.Read($$"""
        gateway:
          mode: {{mode}}
          hosts: [{{hosts}}]
          service: {type: NodePort, ports: [{name: http2, port: 80, nodePort: {{nodePort}} }]}
        services: [{name: hello, prefix: /hello/, stable: v0-0-1}]
        """);

    private async Task<JsonObject> PutAsync(string tenant, JsonObject spec)
    {
        (await app.PutAsync($"/api/tenants/{tenant}", spec)).EnsureSuccessStatusCode();
        return await app.PhaseAsync($"/api/tenants/{tenant}", "Ready", "RolledBack", "Failed");
    }

    /// <summary>The status at a nodePort for a host; 404 stands for no route, and 503 for a product that is not deployed.</summary>
    private async Task<HttpStatusCode> AskAsync(int nodePort, string host)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, $"http://{app.Cluster.Server.ApiUri.Host}:{nodePort}/hello/");
        request.Headers.Host = host;
        using var answer = await http.SendAsync(request);
        return answer.StatusCode;
    }

    [Theory]
    [InlineData("injection")]
    [InlineData("gatewayApi")]
    public async Task Requests_for_its_hosts_are_served_and_others_are_not(string mode)
    {
        var (tenant, port) = ($"hosts-{mode}".ToLowerInvariant(), RunningApp.FreeNodePort());

        var ready = await PutAsync(tenant, Spec(mode, port, $"shop.{tenant}.io, '*.api.{tenant}.io'"));
        var served = await AskAsync(port, $"shop.{tenant}.io");
        var below = await AskAsync(port, $"v1.api.{tenant}.io");
        var other = await AskAsync(port, "elsewhere.io");
        var drift = await app.GetAsync($"/api/tenants/{tenant}/drift");
        var moved = await PutAsync(tenant, Spec(mode, port, $"new.{tenant}.io"));

        Assert.True(ready.Text("phase") == "Ready", ready.ToJsonString());
        Assert.Equal(
            (HttpStatusCode.ServiceUnavailable, HttpStatusCode.ServiceUnavailable, HttpStatusCode.NotFound), (served, below, other));
        Assert.False(drift["drifted"]!.GetValue<bool>(), drift.ToJsonString());
        Assert.True(moved.Text("phase") == "Ready", moved.ToJsonString());
        Assert.Equal(
            (HttpStatusCode.NotFound, HttpStatusCode.ServiceUnavailable), (await AskAsync(port, $"shop.{tenant}.io"), await AskAsync(port, $"new.{tenant}.io")));
    }

    [Fact]
    public async Task A_host_of_another_tenant_is_refused_until_that_tenant_is_gone()
    {
        await PutAsync("first", Spec("injection", RunningApp.FreeNodePort(), "'*.first.io'"));
        var wanted = Spec("injection", RunningApp.FreeNodePort(), "shop.first.io");

        var refused = await (await app.PutAsync("/api/tenants/second", wanted)).ProblemAsync(HttpStatusCode.Conflict);
        await app.Http.DeleteAsync("/api/tenants/first");
        await app.PhaseAsync("/api/tenants/first", "Offboarded");
        var view = await PutAsync("second", wanted);

        Assert.Equal("Host *.first.io is taken by tenant 'first': name other hosts under gateway.hosts.", refused);
        Assert.Equal("Ready", view.Text("phase"));
    }

    [Fact]
    public async Task Hosts_that_are_none_are_problems_with_their_places()
    {
        using var answer = await app.PutAsync("/api/tenants/wrong", Spec("injection", RunningApp.FreeNodePort(), "'*', Shop.io"));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.All((await answer.JsonAsync())["errors"]!.AsArray(), error => Assert.StartsWith("/gateway/hosts", error.Text("pointer"), StringComparison.Ordinal));
    }
}
