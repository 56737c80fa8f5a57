using System.Net;

namespace Orchestrator.Simulator.Tests.Api;

/// <summary>Pods that are asked through the API server; what gateways answer so is told by the tests of the cluster's adapter.</summary>
public sealed class PodProxyTests(ClusterFixture cluster) : IClassFixture<ClusterFixture>
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
    public async Task A_pod_that_is_not_there_is_not_found_and_other_proxies_are_not_served()
    {
        var ns = cluster.Namespace();

        Assert.Equal(404, (await cluster.SendAsync(HttpMethod.Get, $"/api/v1/namespaces/{ns}/pods/nobody:8080/proxy/")).Code);
        Assert.Equal(400, (await cluster.SendAsync(HttpMethod.Get, $"/api/v1/namespaces/{ns}/pods/web:port/proxy/")).Code);
        Assert.Equal(501, (await cluster.SendAsync(HttpMethod.Get, $"/api/v1/namespaces/{ns}/services/web:80/proxy/a/b")).Code);
    }
}
