using System.Net;
using k8s;
using k8s.Autorest;
using k8s.Models;

namespace Orchestrator.Simulator.Tests.Api;

public sealed class ServerTests
{
    [Fact]
    public async Task A_restart_serves_the_same_objects_versions_ports_and_token()
    {
        using var directory = new TemporaryDirectory();
        (Uri Api, Uri Metrics, string Token) before;
        V1ConfigMap created;
        await using (var server = await SimulatorServer.StartAsync(new() { DataDirectory = directory.Path }))
        {
            before = (server.ApiUri, server.MetricsUri, server.Token);
            using var client = ClusterFixture.ClientOf(server);
            created = await client.CreateNamespacedConfigMapAsync(new() { Metadata = new() { Name = "kept" } }, "default");
        }
        await using (var server = await SimulatorServer.StartAsync(new() { DataDirectory = directory.Path }))
        {
            Assert.Equal(before, (server.ApiUri, server.MetricsUri, server.Token));
            using var client = ClusterFixture.ClientOf(server);
            var read = await client.ReadNamespacedConfigMapAsync("kept", "default");
            Assert.Equal((created.Metadata.Uid, created.Metadata.ResourceVersion), (read.Metadata.Uid, read.Metadata.ResourceVersion));
        }
    }

    [Fact]
    public async Task A_restarted_cluster_does_wrong_and_sends_what_it_was_told_before()
    {
        using var directory = new TemporaryDirectory();
        string[] set =
        [
            "faults/versions/foo/echo/v0-0-3 {\"errorRate\":0.2,\"latencyMs\":5}", "faults/deployments/foo/echo {\"neverReady\":true}",
            "faults/api/get/pods {\"status\":500}", "propagation {\"delayMs\":7,\"spreadMs\":3}", "load/foo/echo {\"requestsPerSecond\":5,\"path\":\"/echo\"}",
        ];
        await using (var server = await SimulatorServer.StartAsync(new() { DataDirectory = directory.Path }))
        {
            using var client = ClusterFixture.HttpOf(server);
            foreach (var (path, body) in set.Select(call => (call.Split(' ')[0], call.Split(' ')[1])))
                (await client.PutAsync($"/simulator/{path}", new StringContent(body))).EnsureSuccessStatusCode();
        }

        await using (var server = await SimulatorServer.StartAsync(new() { DataDirectory = directory.Path }))
        {
            using var client = ClusterFixture.HttpOf(server);
            Assert.Equal(0.2, server.Faults.Versions[("foo", "echo", "v0-0-3")].ErrorRate);
            Assert.True(server.Faults.Deployments[("foo", "echo")].NeverReady);
            Assert.Equal(500, server.Faults.Api[("get", "pods")].Status);
            Assert.Contains("\"delayMs\":7", await client.GetStringAsync("/simulator/propagation"));
            Assert.Contains("\"requestsPerSecond\":5", await client.GetStringAsync("/simulator/load/foo/echo"));
            await client.DeleteAsync("/simulator/faults");
        }

        await using var healed = await SimulatorServer.StartAsync(new() { DataDirectory = directory.Path });
        Assert.Empty(healed.Faults.Versions);
    }

    [Fact]
    public async Task Without_the_token_everything_but_health_is_refused()
    {
        using var directory = new TemporaryDirectory();
        await using var server = await SimulatorServer.StartAsync(new() { DataDirectory = directory.Path });
        using var client = ClusterFixture.HttpOf(server);
        client.DefaultRequestHeaders.Authorization = null;
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/readyz")).StatusCode);
        foreach (var path in new[] { "/api/v1/namespaces", "/apis", "/simulator/faults", "/nowhere" })
            Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync(path)).StatusCode);
        client.DefaultRequestHeaders.Authorization = new("Bearer", server.Token + "0");
        var refused = await client.GetAsync("/api/v1/namespaces");
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        Assert.Contains("\"kind\":\"Status\"", await refused.Content.ReadAsStringAsync());
    }

    [SkippableFact]
    public async Task Files_with_secrets_are_their_owners_alone()
    {
        Skip.If(OperatingSystem.IsWindows(), "Windows has no file modes.");
        using var directory = new TemporaryDirectory();
        await using var server = await SimulatorServer.StartAsync(new() { DataDirectory = directory.Path });
        foreach (var file in new[] { "kubeconfig", "token", "ca.key" })
            if (!OperatingSystem.IsWindows())
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(directory.Path, file)));
    }

    [Fact]
    public async Task A_second_server_on_the_same_directory_is_told_why_it_cannot_start()
    {
        using var directory = new TemporaryDirectory();
        await using var server = await SimulatorServer.StartAsync(new() { DataDirectory = directory.Path });
        var refusal = await Assert.ThrowsAsync<InvalidOperationException>(() => SimulatorServer.StartAsync(new() { DataDirectory = directory.Path }));
        Assert.Contains("Another process runs the cluster", refusal.Message);
    }

    [Fact]
    public async Task A_cluster_listens_on_the_loopback_address_it_is_given()
    {
        using var directory = new TemporaryDirectory();
        await using var server = await SimulatorServer.StartAsync(new() { DataDirectory = directory.Path, Address = "127.4.5.6" });
        Assert.Equal("127.4.5.6", server.ApiUri.Host);
        using var client = ClusterFixture.ClientOf(server);
        Assert.Contains(await client.ListNamespaceAsync() is var list ? list.Items : [], ns => ns.Metadata.Name == "default");
    }

    [Fact]
    public async Task Faults_meet_the_verb_and_the_resource_they_name_until_they_are_used_up()
    {
        using var directory = new TemporaryDirectory();
        await using var server = await SimulatorServer.StartAsync(new() { DataDirectory = directory.Path });
        using var http = ClusterFixture.HttpOf(server);
        using var client = ClusterFixture.ClientOf(server);
        using var body = new StringContent("""{"status": 429, "retryAfterSeconds": 7, "count": 2}""");
        Assert.Equal(HttpStatusCode.NoContent, (await http.PutAsync("/simulator/faults/api/list/pods", body)).StatusCode);

        await client.ListNamespaceAsync();
        for (var i = 0; i < 2; i++)
        {
            var refused = await http.GetAsync("/api/v1/pods");
            Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
            Assert.Equal(TimeSpan.FromSeconds(7), refused.Headers.RetryAfter?.Delta);
        }
        await client.ListPodForAllNamespacesAsync();

        using var lasting = new StringContent("""{"status": 500}""");
        await http.PutAsync("/simulator/faults/api/*/pods", lasting);
        var failure = await Assert.ThrowsAsync<HttpOperationException>(() => client.ListPodForAllNamespacesAsync());
        Assert.Equal(HttpStatusCode.InternalServerError, failure.Response.StatusCode);
        Assert.Contains("\"plural\":\"pods\"", await http.GetStringAsync("/simulator/faults"));
        await http.DeleteAsync("/simulator/faults");
        await client.ListPodForAllNamespacesAsync();
    }

    [Theory]
    [InlineData("list/pods", """{"status": 404}""")]
    [InlineData("list/pods", """{"status": 500, "probability": 2}""")]
    [InlineData("list/pods", """{"status": 500, "misspelt": 2}""")]
    [InlineData("list/unheardof", """{"status": 500}""")]
    public async Task A_fault_that_cannot_be_is_a_bad_request(string path, string body)
    {
        using var directory = new TemporaryDirectory();
        await using var server = await SimulatorServer.StartAsync(new() { DataDirectory = directory.Path });
        using var http = ClusterFixture.HttpOf(server);
        using var content = new StringContent(body);
        Assert.Equal(HttpStatusCode.BadRequest, (await http.PutAsync($"/simulator/faults/api/{path}", content)).StatusCode);
    }
}
