using System.Text.Json;
using Orchestrator.Domain.Canaries;

namespace Orchestrator.Domain.Tests.Canaries;

public sealed class WebhookTests
{
    private static readonly Webhook Hook = new("https://ci.example/m") { JsonPath = "$.v" };

    [Theory]
    [InlineData("$", "7", 7.0)]
    [InlineData("$.a.b", """{"a":{"b":1.5}}""", 1.5)]
    [InlineData("$['a b'][0]", """{"a b":[true]}""", 1.0)]
    [InlineData("$[\"a'b\"][-1]", """{"a'b":[1,2]}""", 2.0)]
    [InlineData("$['a\\'b']", """{"a'b":"3e2"}""", 300.0)]
    [InlineData("$.a.b", """{"a":[1]}""", null)]
    [InlineData("$.a[3]", """{"a":[1]}""", null)]
    [InlineData("$.größe", """{"größe":0}""", 0.0)]
    public void A_path_leads_to_one_value(string path, string json, double? value)
    {
        using var document = JsonDocument.Parse(json);
        Assert.Null(JsonPath.Check(path));
        Assert.Equal(value, JsonPath.Find(document.RootElement, path) is { } found ? JsonPath.Number(found) : null);
    }

    [Theory]
    [InlineData("")]
    [InlineData("data")]
    [InlineData("{$.data}")]
    [InlineData("$..a")]
    [InlineData("$.a[*]")]
    [InlineData("$.a[?@.b>1]")]
    [InlineData("$.a[01]")]
    [InlineData("$.a ")]
    public void What_may_lead_to_several_values_is_no_path(string path) => Assert.NotNull(JsonPath.Check(path));

    [Theory]
    [InlineData("""{"v":3}""", ReadingState.Value, null)]
    [InlineData("""{"v":"NaN"}""", ReadingState.NotANumber, null)]
    [InlineData("""{"v":null}""", ReadingState.Absent, null)]
    [InlineData("""{"w":3}""", ReadingState.Absent, null)]
    [InlineData("""{"v":{"x":1}}""", ReadingState.Unavailable, "$.v is {\"x\":1}: let jsonPath point at a number")]
    [InlineData("<html>", ReadingState.Unavailable, "the answer is no JSON")]
    [InlineData("", ReadingState.Unavailable, "the answer is no JSON")]
    public void An_answer_is_told_from_none(string body, ReadingState state, string? error)
    {
        var reading = new WebhookAnswer(body, null).Read(Hook, DateTime.UnixEpoch);
        Assert.Equal((state, true), (reading.State, error is null ? reading.Error is null : reading.Error!.StartsWith(error, StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("https://ci.example/gate", true)]
    [InlineData("http://CI.example:80/gate", true)]
    [InlineData("https://ci.example:8443/gate", false)]
    [InlineData("https://hooks.example:8443/", true)]
    [InlineData("https://hooks.example/", false)]
    [InlineData("https://ci.example.evil.example/", false)]
    [InlineData("https://evil.example/ci.example", false)]
    [InlineData("http://[::1]:9/", true)]
    public void Only_listed_hosts_are_allowed(string url, bool allowed) =>
        Assert.Equal(allowed, WebhookHosts.Parse("ci.example, hooks.example:8443,[::1]:9").Refusal(url) is null);

    [Fact]
    public void Every_address_of_a_canary_is_checked_where_it_stands()
    {
        var hook = new Webhook("https://x.example/");
        MetricSpec[] metrics = [new(MetricSpec.SuccessRate, Min: 99), new("m", Min: 1) { Webhook = hook }];
        var spec = new CanarySpec
        {
            Tenant = "foo",
            Service = "hello",
            Candidate = new("v2"),
            Analysis = new() { Metrics = metrics },
            Steps = [new SetWeightStep(10), new AnalyzeStep(TimeSpan.FromMinutes(1)) { Metrics = metrics }],
            Bake = new(TimeSpan.FromMinutes(1)) { Metrics = metrics },
            Gates = [new("g", GateType.Event, hook)],
        };

        Assert.Equal(
            ["/analysis/metrics/1/webhook/url", "/steps/1/analyze/metrics/1/webhook/url", "/bake/metrics/1/webhook/url", "/gates/0/webhook/url"],
            WebhookHosts.Parse("y.example").Check(spec).Select(problem => problem.Pointer));
        Assert.Empty(WebhookHosts.Parse("x.example").Check(spec));
    }

    [Fact]
    public void A_refusal_names_the_setting() =>
        Assert.Equal("'x.example' is not allowed: have it added to Orchestrator__Webhooks__AllowedHosts (no host is).", WebhookHosts.Parse(null).Refusal("https://x.example/a"));
}
