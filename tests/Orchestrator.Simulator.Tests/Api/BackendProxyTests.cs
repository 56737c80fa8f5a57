using System.Net;

namespace Orchestrator.Simulator.Tests.Api;

/// <summary>Pods that are asked through the API server; what gateways answer so is told by the tests of the cluster's adapter.</summary>
public sealed class BackendProxyTests(ClusterFixture cluster) : IClassFixture<ClusterFixture>
{
    [Fact]
    public async Task A_pod_that_does_not_listen_is_told_in_the_words_of_a_real_server()
    {
        var ns = cluster.Namespace();
        var pod = $$"""{ "metadata": { "name": "web" }, "spec": { "containers": [{ "name": "web", "image": "web:1" }] } }""";
        Assert.Equal(201, (await cluster.SendAsync(HttpMethod.Post, $"/api/v1/namespaces/{ns}/pods", pod)).Code);

        using var answer = await cluster.Http.GetAsync($"/api/v1/namespaces/{ns}/pods/http:web:8080/proxy/some/path/?x=1");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Matches("^error trying to reach service: dial tcp .*:8080: connect: connection refused$", await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_backend_that_is_not_there_is_not_found()
    {
        var ns = cluster.Namespace();

        Assert.Equal(404, (await cluster.SendAsync(HttpMethod.Get, $"/api/v1/namespaces/{ns}/pods/nobody:8080/proxy/")).Code);
        Assert.Equal(400, (await cluster.SendAsync(HttpMethod.Get, $"/api/v1/namespaces/{ns}/pods/web:port/proxy/")).Code);
        Assert.Equal(404, (await cluster.SendAsync(HttpMethod.Get, $"/api/v1/namespaces/{ns}/services/web:80/proxy/a/b")).Code);
    }

    [Theory]
    [InlineData("web:80")]
    [InlineData("web:http")]
    [InlineData("http:web:80")]
    [InlineData("web")]
    public async Task A_service_is_asked_by_its_port_and_an_application_answers(string target)
    {
        var ns = cluster.Namespace();
        var labels = """{ "app": "web" }""";
        Assert.Equal(201, (await cluster.SendAsync(HttpMethod.Post, $"/apis/apps/v1/namespaces/{ns}/deployments", $$"""
            { "metadata": { "name": "web" }, "spec": { "selector": { "matchLabels": {{labels}} }, "template": { "metadata": { "labels": {{labels}} },
              "spec": { "containers": [{ "name": "web", "image": "echo:7" }] } } } }
            """)).Code);
        Assert.Equal(201, (await cluster.SendAsync(HttpMethod.Post, $"/api/v1/namespaces/{ns}/services", $$"""
            { "metadata": { "name": "web" }, "spec": { "selector": {{labels}}, "ports": [{ "name": "http", "port": 80, "targetPort": 8080 }] } }
            """)).Code);

        var text = "";
        await Eventually.Holds(async () =>
        {
            using var answer = await cluster.Http.GetAsync($"/api/v1/namespaces/{ns}/services/{target}/proxy/some/path");
            text = await answer.Content.ReadAsStringAsync();
            return answer.IsSuccessStatusCode;
        }, "the application answers");
        Assert.Equal("GET /some/path 7\n", text);
        Assert.Equal(503, (await cluster.SendAsync(HttpMethod.Get, $"/api/v1/namespaces/{ns}/services/web:81/proxy/")).Code);
    }
}
