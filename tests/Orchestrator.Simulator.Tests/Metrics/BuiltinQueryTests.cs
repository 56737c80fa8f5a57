using Orchestrator.Simulator.Metrics;

namespace Orchestrator.Simulator.Tests.Metrics;

public sealed class BuiltinQueryTests
{
    private const string Canary = """reporter="destination",destination_workload_namespace="foo",destination_version="v0-0-2" """;
    private const string Good = $$"""sum(rate(istio_requests_total{{{Canary}},response_code!~"5.."}[10s]))""";
    private const string All = $$"""sum(rate(istio_requests_total{{{Canary}}}[10s]))""";

    private readonly Clock clock = new();
    private readonly IstioMetrics metrics;

    public BuiltinQueryTests() => metrics = new(clock, Prometheus.Metrics.NewCustomRegistry());

    [Theory]
    [InlineData($"{Good} / {All}", 0.75)]
    [InlineData($"100 * {Good} / {All}", 75)]
    [InlineData($"100 * ({Good} / {All})", 75)]
    [InlineData($"({Good} or vector(0)) / {All}", 0.75)]
    [InlineData($"100 * ({Good} or vector(0)) / {All}", 75)]
    [InlineData($"(({Good}) / ({All}))", 0.75)]
    public void The_success_rate_is_the_share_without_5xx(string query, double expected)
    {
        Record(3, code: "200");
        Record(1, code: "503");

        Assert.Equal(expected, Ask(query)!.Value, precision: 9);
    }

    [Fact]
    public void A_version_that_only_fails_has_no_good_series_unless_zero_stands_in()
    {
        Record(5, code: "500");

        Assert.Null(Ask($"{Good} / {All}"));
        Assert.Equal(0, Ask($"({Good} or vector(0)) / {All}"));
    }

    [Fact]
    public void No_series_is_empty_and_an_idle_one_is_not_a_number()
    {
        Assert.Null(Ask($"{Good} / {All}"));
        Assert.Null(Ask(Quantile("10s")));

        Record(5);
        clock.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(double.NaN, Ask($"{Good} / {All}"));
        Assert.Equal(double.NaN, Ask(Quantile("10s")));
        Assert.Equal(0, Ask(Volume("10s")));
    }

    [Fact]
    public void A_window_counts_what_happened_in_it_and_nothing_else()
    {
        Record(7);
        clock.Advance(TimeSpan.FromSeconds(8));
        Record(5);
        clock.Advance(TimeSpan.FromSeconds(3));

        Assert.Equal(5, Ask(Volume("10s")));
        Assert.Equal(12, Ask(Volume("12s")));
        Assert.Equal(12, Ask(Volume("1m30s")));
        Assert.Equal(0.5, Ask($$"""sum(rate(istio_requests_total{{{Canary}}}[10s]))"""));
    }

    [Fact]
    public void The_p99_is_interpolated_in_the_bucket_that_holds_it()
    {
        Record(90, milliseconds: 3);
        Record(10, milliseconds: 80);

        // Rank 99 of 100 is the ninth of ten in the bucket from 50 to 100.
        Assert.Equal(95, Ask(Quantile("10s"))!.Value, precision: 9);
        Assert.Equal(95, Ask("histogram_quantile(0.99, sum(rate(istio_request_duration_milliseconds_bucket{}[10s])) by (le))")!.Value, precision: 9);
    }

    [Fact]
    public void The_buckets_are_cumulative_and_end_with_all()
    {
        Record(90, milliseconds: 3);
        Record(10, milliseconds: 80);

        var buckets = BuiltinQuery.Parse($$"""sum by (le)(increase(istio_request_duration_milliseconds_bucket{{{Canary}}}[10s]))""")!
            .Answer(metrics.Series, clock.GetUtcNow()).ToDictionary(bucket => bucket.Le!, bucket => bucket.Value);

        Assert.Equal((0, 90, 90, 100, 100), (buckets["1"], buckets["5"], buckets["50"], buckets["100"], buckets["+Inf"]));
    }

    [Fact]
    public void Edge_failures_are_found_by_their_flag()
    {
        Record(4, reporter: "source", code: "503", flags: "UH");
        Record(2, reporter: "source", code: "404", flags: "NR");
        Record(9, reporter: "source");
        Record(9);

        const string edge = """{response_flags=~".*(NR|NC|UH|UF).*", reporter="source"}[2m]""";
        Assert.Equal(6, Ask($"sum(increase(istio_requests_total{edge}))"));
        Assert.Equal(6 / 120.0, Ask($"sum(rate(istio_requests_total{edge}))"));
    }

    [Theory]
    [InlineData("""destination_version="v0-0-1" """, 0)]
    [InlineData("""destination_version!="v0-0-1" """, 3)]
    [InlineData("""destination_version=~"v0-0-[23]" """, 3)]
    [InlineData("""destination_version=~"v0" """, 0)]
    [InlineData("""destination_version!~"v0.*" """, 0)]
    [InlineData("""unheard_of="" """, 3)]
    [InlineData("""response_code="200", """, 3)]
    [InlineData("""destination_version="a}\"b" """, 0)]
    public void Labels_match_as_in_Prometheus(string labels, double expected)
    {
        Record(3);

        Assert.Equal(expected, Ask($$"""sum(increase(istio_requests_total{{{labels}}}[10s])) or vector(0)"""));
    }

    [Theory]
    [InlineData("up")]
    [InlineData("")]
    [InlineData("sum(rate(http_requests_total{}[5m]))")]
    [InlineData("sum by (destination_version)(rate(istio_requests_total{}[5m]))")]
    [InlineData("sum(rate(istio_requests_total{a=b}[5m]))")]
    [InlineData("sum(rate(istio_requests_total{a=~\"(\"}[5m]))")]
    [InlineData("sum(rate(istio_requests_total{}[5m])) / 2")]
    [InlineData("sum(rate(istio_requests_total{}))")]
    public void Other_queries_are_not_understood(string query) => Assert.Null(BuiltinQuery.Parse(query));

    private static string Volume(string window) => $$"""sum(increase(istio_requests_total{{{Canary}}}[{{window}}]))""";

    private static string Quantile(string window) =>
        $$"""histogram_quantile(0.99, sum by (le)(rate(istio_request_duration_milliseconds_bucket{{{Canary}}}[{{window}}])))""";

    private double? Ask(string query) => Assert.IsAssignableFrom<BuiltinQuery>(BuiltinQuery.Parse(query)).Evaluate(metrics.Series, clock.GetUtcNow());

    private void Record(int count, string reporter = "destination", string code = "200", string flags = "-", double milliseconds = 1)
    {
        var labels = IstioMetrics.LabelNames.Select(name => name switch
        {
            "reporter" => reporter,
            "destination_workload_namespace" => "foo",
            "destination_version" => "v0-0-2",
            "response_code" => code,
            "response_flags" => flags,
            _ => "unknown",
        }).ToArray();
        for (var i = 0; i < count; i++) metrics.Record(labels, TimeSpan.FromMilliseconds(milliseconds));
    }

    private sealed class Clock : TimeProvider
    {
        private DateTimeOffset now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => now;

        public void Advance(TimeSpan by) => now += by;
    }
}
