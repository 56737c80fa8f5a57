using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Orchestrator.Simulator.Tests.Api;

public sealed class TrafficControlTests(ClusterFixture cluster) : IClassFixture<ClusterFixture>
{
    [Fact]
    public async Task Propagation_is_read_and_changed_member_by_member()
    {
        await cluster.SendAsync(HttpMethod.Put, "/simulator/propagation", """{ "delayMs": 300, "spreadMs": 20 }""");
        var (code, body) = await cluster.SendAsync(HttpMethod.Put, "/simulator/propagation", """{ "delayMs": 50 }""");

        Assert.Equal(200, code);
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse("""{ "delayMs": 50, "spreadMs": 20 }"""), body));
        Assert.True(JsonNode.DeepEquals(body, (await cluster.SendAsync(HttpMethod.Get, "/simulator/propagation")).Body));
    }

    [Fact]
    public async Task Faults_of_versions_and_deployments_are_set_listed_and_taken_away()
    {
        Assert.Equal(204, (await cluster.SendAsync(HttpMethod.Put, "/simulator/faults/versions/foo/hello/v0-0-2", """{ "errorRate": 0.5, "latencyMs": 20 }""")).Code);
        Assert.Equal(204, (await cluster.SendAsync(HttpMethod.Put, "/simulator/faults/deployments/foo/hello", """{ "neverReady": true }""")).Code);

        var faults = (await cluster.SendAsync(HttpMethod.Get, "/simulator/faults")).Body!;
        Assert.Equal(0.5, faults["versions"]![0]!["errorRate"]!.GetValue<double>());
        Assert.Equal("hello", faults["deployments"]![0]!["name"]!.ToString());

        Assert.Equal(204, (await cluster.SendAsync(HttpMethod.Delete, "/simulator/faults/versions/foo/hello/v0-0-2")).Code);
        Assert.Equal(204, (await cluster.SendAsync(HttpMethod.Delete, "/simulator/faults/deployments/foo/hello")).Code);
        faults = (await cluster.SendAsync(HttpMethod.Get, "/simulator/faults")).Body!;
        Assert.Empty(faults["versions"]!.AsArray());
        Assert.Empty(faults["deployments"]!.AsArray());
    }

    [Theory]
    [InlineData("propagation", """{ "delayMs": -1 }""", "delayMs")]
    [InlineData("faults/versions/foo/hello/v1", """{ "errorRate": 2 }""", "errorRate")]
    [InlineData("faults/versions/foo/hello/v1", """{ "errors": 1 }""", "errors")]
    [InlineData("load/foo/hello", """{ "requestsPerSecond": 0 }""", "requestsPerSecond")]
    [InlineData("load/foo/hello", """{ "path": "foo" }""", "path")]
    public async Task A_value_that_makes_no_sense_is_refused_by_its_name(string path, string body, string member)
    {
        var (code, answer) = await cluster.SendAsync(HttpMethod.Put, $"/simulator/{path}", body);

        Assert.Equal(400, code);
        Assert.Contains(member, answer!["message"]!.ToString());
    }

    [Fact]
    public async Task Load_is_set_shown_and_ended()
    {
        var ns = cluster.Namespace();
        Assert.Equal(404, (await cluster.SendAsync(HttpMethod.Get, $"/simulator/load/{ns}/hello")).Code);

        await cluster.SendAsync(HttpMethod.Put, $"/simulator/load/{ns}/hello", """{ "requestsPerSecond": 50, "path": "/foo/hello" }""");

        // There is no gateway: every request is refused, and counted as such.
        await Eventually.Holds(async () => (await cluster.SendAsync(HttpMethod.Get, $"/simulator/load/{ns}/hello")).Body!["requests"]!.AsArray()
            is [{ } refused] && refused["flag"]!.ToString() == "refused" && refused["count"]!.GetValue<long>() > 0, "refused requests are counted");
        Assert.Equal(204, (await cluster.SendAsync(HttpMethod.Delete, $"/simulator/load/{ns}/hello")).Code);
        Assert.Equal(404, (await cluster.SendAsync(HttpMethod.Get, $"/simulator/load/{ns}/hello")).Code);
        Assert.Empty((await cluster.SendAsync(HttpMethod.Get, $"/simulator/requests?ns={ns}&service=hello")).Body!["requests"]!.AsArray());
        Assert.Empty((await cluster.SendAsync(HttpMethod.Get, "/simulator/findings")).Body!["findings"]!.AsArray());
    }

    [Fact]
    public async Task Metrics_are_scraped_as_text_and_asked_as_Prometheus_is()
    {
        using var client = new HttpClient { BaseAddress = cluster.Server.MetricsUri };

        using var scrape = await client.GetAsync("/metrics");
        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", scrape.Content.Headers.ContentType!.ToString());
        Assert.Contains("# TYPE istio_requests_total counter", await scrape.Content.ReadAsStringAsync());

        await cluster.SendAsync(HttpMethod.Get, "/api/v1/namespaces/default");
        Assert.Contains(
            "apiserver_request_total{verb=\"GET\",group=\"\",version=\"v1\",resource=\"namespaces\",subresource=\"\",code=\"200\"} 1",
            await client.GetStringAsync("/metrics"));

        const string volume = "sum(increase(istio_requests_total{destination_version=\"v0-0-2\"}[10s]))";
        var none = await client.GetFromJsonAsync<JsonNode>($"/api/v1/query?query={Uri.EscapeDataString(volume)}");
        Assert.Equal(("success", "vector", 0), ($"{none!["status"]}", $"{none["data"]!["resultType"]}", none["data"]!["result"]!.AsArray().Count));

        using var posted = await client.PostAsync("/api/v1/query", new FormUrlEncodedContent([new("query", $"{volume} or vector(0)")]));
        var sample = (await posted.Content.ReadFromJsonAsync<JsonNode>())!["data"]!["result"]![0]!;
        Assert.Equal("{}", sample["metric"]!.ToJsonString());
        Assert.Equal("0", sample["value"]![1]!.GetValue<string>());

        using var unknown = await client.GetAsync("/api/v1/query?query=up");
        var refusal = (await unknown.Content.ReadFromJsonAsync<JsonNode>())!;
        Assert.Equal((400, "error", "bad_data"), ((int)unknown.StatusCode, $"{refusal["status"]}", $"{refusal["errorType"]}"));
        Assert.Contains("up", refusal["error"]!.ToString());
    }
}
