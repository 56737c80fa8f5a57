using System.Net;
using System.Text;
using k8s.Authentication;
using Orchestrator.Cluster.Metrics;
using Orchestrator.Domain.Canaries;
using Orchestrator.Domain.Tenants;
using Orchestrator.Domain.Traffic;
using Orchestrator.TestKit;

namespace Orchestrator.Cluster.Tests.Metrics;

public sealed class PrometheusMetricSourceTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1_700_000_000);

    private sealed class Server(Func<HttpRequestMessage, Task<HttpResponseMessage>> answer) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => answer(request);
    }

    private sealed class FixedTime : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => Now;
    }

    private static async Task<Reading> ReadAsync(string body, HttpStatusCode code = HttpStatusCode.OK)
    {
        using var source = Source(_ => Task.FromResult(new HttpResponseMessage(code) { Content = new StringContent(body, Encoding.UTF8, "application/json") }));
        return await source.ReadAsync("q", TimeSpan.FromSeconds(10), default);
    }

    private static PrometheusMetricSource Source(Func<HttpRequestMessage, Task<HttpResponseMessage>> answer) =>
        new(new(new Server(answer)) { BaseAddress = new("http://prometheus/prefix/") }, new FixedTime());

    private static string Vector(string value, long at = 1_700_000_000) =>
        """{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[AT.5,"VALUE"]}]}}"""
            .Replace("AT", $"{at}", StringComparison.Ordinal).Replace("VALUE", value, StringComparison.Ordinal);

    [Theory]
    [InlineData("99.5", ReadingState.Value, 99.5)]
    [InlineData("1e-05", ReadingState.Value, 0.00001)]
    [InlineData("0", ReadingState.Value, 0.0)]
    [InlineData("NaN", ReadingState.NotANumber, null)]
    [InlineData("+Inf", ReadingState.NotANumber, null)]
    public async Task A_value_is_told_from_none(string text, ReadingState state, double? value)
    {
        var reading = await ReadAsync(Vector(text));
        Assert.Equal((state, value, Now.UtcDateTime.AddSeconds(0.5), "q"), (reading.State, reading.Value, reading.At, reading.Query));
    }

    [Fact]
    public async Task A_scalar_is_a_value() =>
        Assert.Equal(7, (await ReadAsync("""{"status":"success","data":{"resultType":"scalar","result":[1700000000,"7"]}}""")).Value);

    [Fact]
    public async Task A_histogram_comes_in_buckets_that_are_not_cumulative()
    {
        using var source = Source(_ => Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK)
        {
            Content = new StringContent("""
                {"status":"success","data":{"resultType":"vector","result":[{"metric":{"le":"+Inf"},"value":[1700000000,"9.5"]},
                {"metric":{"le":"100"},"value":[1700000000,"9"]},{"metric":{"le":"25"},"value":[1700000000,"4"]},{"metric":{"le":"50"},"value":[1700000000,"4"]}]}}
                """),
        }));

        var reading = await source.ReadBucketsAsync("q", TimeSpan.FromSeconds(10), default);

        Assert.Equal((ReadingState.Value, 9.5), (reading.State, reading.Value));
        Assert.Equal([new(25, 4), new(100, 5), new(null, 0.5)], reading.Buckets!);
    }

    [Fact]
    public async Task The_token_of_a_file_says_who_asks()
    {
        using var directory = new TemporaryDirectory();
        var file = directory["token"];
        await File.WriteAllTextAsync(file, "one");
        await using var server = new LoopbackServer(_ => (HttpStatusCode.OK, Vector("1", DateTimeOffset.UtcNow.ToUnixTimeSeconds())));
        using var source = PrometheusMetricSource.For("east", server.Address, TimeProvider.System, new TokenFileAuth(file));

        Assert.Equal(ReadingState.Value, (await source.ReadAsync("q", TimeSpan.FromMinutes(1), default)).State);
        Assert.Equal("Bearer one", server.Requests.Single().Headers["Authorization"]);
    }

    [Fact]
    public async Task No_series_is_absent() =>
        Assert.Equal(ReadingState.Absent, (await ReadAsync("""{"status":"success","data":{"resultType":"vector","result":[]}}""")).State);

    [Fact]
    public async Task An_old_answer_is_stale() => Assert.Equal(ReadingState.Stale, (await ReadAsync(Vector("99", at: 1_699_999_980))).State);

    [Theory]
    [InlineData("""{"status":"error","errorType":"bad_data","error":"parse error"}""", HttpStatusCode.BadRequest, "parse error")]
    [InlineData("<html>", HttpStatusCode.BadGateway, "could not be asked")]
    [InlineData("[]", HttpStatusCode.OK, "refused")]
    [InlineData("""{"data":{"result":[{"metric":{"pod":"a"},"value":[1,"1"]},{"value":[1,"1"]}]}}""", HttpStatusCode.OK, "answers 2 series where one number is wanted, e.g. {\"pod\":\"a\"}")]
    [InlineData("""{"data":{"resultType":"matrix","result":[{"values":[[1,"1"]]}]}}""", HttpStatusCode.OK, "rate(…)")]
    [InlineData("""{"data":{"resultType":"string","result":[1,"one"]}}""", HttpStatusCode.OK, "answers a string")]
    [InlineData("""{"data":{"result":[7]}}""", HttpStatusCode.OK, "could not be asked")]
    [InlineData("", HttpStatusCode.Unauthorized, "PrometheusTokenFile")]
    public async Task What_is_no_answer_is_unavailable_and_says_why(string body, HttpStatusCode code, string error)
    {
        var reading = await ReadAsync(body, code);
        Assert.Equal(ReadingState.Unavailable, reading.State);
        Assert.Contains(error, reading.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_unavailable()
    {
        using var source = Source(_ => throw new HttpRequestException("Connection refused"));
        Assert.Contains("Connection refused", (await source.ReadAsync("q", TimeSpan.FromSeconds(10), default)).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_server_every_reading_says_what_to_set()
    {
        using var source = PrometheusMetricSource.For("east", null, TimeProvider.System);
        Assert.Contains("Orchestrator__Clusters__east__Prometheus", (await source.ReadAsync("q", TimeSpan.FromSeconds(10), default)).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_query_travels_as_a_form_below_the_servers_prefix()
    {
        (string Path, string Body) seen = default;
        using var source = Source(async request =>
        {
            seen = (request.RequestUri!.AbsolutePath, await request.Content!.ReadAsStringAsync());
            return new(HttpStatusCode.OK) { Content = new StringContent(Vector("1")) };
        });

        await source.ReadAsync("sum(x{a=\"b&c\"})", TimeSpan.FromSeconds(10), default);

        Assert.Equal(("/prefix/api/v1/query", "query=sum%28x%7Ba%3D%22b%26c%22%7D%29"), seen);
    }

    private static readonly IstioQueries Hello = new("foo", "hello", DataPlane.Sidecar);

    [Theory]
    [InlineData(DataPlane.Sidecar, "destination")]
    [InlineData(DataPlane.Ambient, "waypoint")]
    public void The_builtin_queries_are_what_the_contract_says(DataPlane dataPlane, string reporter)
    {
        var queries = Hello with { DataPlane = dataPlane };
        var s = $"reporter=\"{reporter}\",destination_workload_namespace=\"foo\",destination_service_name=~\"hello(-v0-0-2)?\",destination_version=\"v0-0-2\"";
        var window = TimeSpan.FromSeconds(10);

        Assert.Equal(
            $"100 * (sum(rate(istio_requests_total{{{s},response_code!~\"5..\"}}[10s])) or vector(0)) / sum(rate(istio_requests_total{{{s}}}[10s]))",
            queries.Of(MetricSpec.SuccessRate, "v0-0-2", window));
        Assert.Equal(
            $"histogram_quantile(0.99, sum by (le)(rate(istio_request_duration_milliseconds_bucket{{{s}}}[10s])))",
            queries.Of(MetricSpec.LatencyP99, "v0-0-2", window));
        Assert.Equal(
            "sum(rate(istio_requests_total{reporter=\"source\",source_workload=~\"gw|istio-ingress-gateway|foo-gateway-istio|istio-ingress|foo-ingress-istio\","
                + "source_workload_namespace=\"foo\",response_flags=~\".*(NR|NC|UH|UF).*\"}[10s])) or vector(0)",
            queries.Of(MetricSpec.EdgeErrors, "v0-0-2", window));
        Assert.Equal($"sum(increase(istio_requests_total{{{s}}}[90s]))", queries.Requests("v0-0-2", TimeSpan.FromSeconds(90)));
        Assert.Equal($"sum(increase(istio_tcp_connections_opened_total{{{s}}}[90s]))", queries.Requests("v0-0-2", TimeSpan.FromSeconds(90), RouteKind.Tls));
    }

    [Fact]
    public void A_label_value_cannot_leave_its_quotes() =>
        Assert.Contains(
            "destination_version=\"a\\\"} or vector(1) #\\\\\\n\\x01\"",
            Hello.Requests("a\"} or vector(1) #\\\n\x01", TimeSpan.FromSeconds(10)), StringComparison.Ordinal);
}
