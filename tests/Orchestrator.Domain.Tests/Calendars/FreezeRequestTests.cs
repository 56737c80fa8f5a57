using System.Text.Json;
using Orchestrator.Domain.Calendars;
using Orchestrator.Domain.Requests;
using Orchestrator.Domain.Tenants;

namespace Orchestrator.Domain.Tests.Calendars;

public sealed class FreezeRequestTests
{
    private static readonly DateTime Now = ChangeWindowTests.Utc("2026-03-01 12:00");

    [Theory]
    [InlineData("""{"reason":"x"}""", "2026-03-01 12:00", null)]
    [InlineData("""{"reason":"x","from":"2026-03-02T08:00:00+01:00","to":"2026-03-03T08:00Z"}""", "2026-03-02 07:00", "2026-03-03 08:00")]
    [InlineData("""{"reason":"x","from":"2026-03-29T02:30","to":"2026-03-29T03:30","timeZone":"Europe/Zurich"}""", "2026-03-29 01:00", "2026-03-29 01:30")] // No such time.
    [InlineData("""{"reason":"x","from":"2026-10-25T02:30","to":"2026-10-25T02:45","timeZone":"Europe/Zurich"}""", "2026-10-25 00:30", "2026-10-25 01:45")] // Twice.
    [InlineData("""{"reason":"x","from":"2026-11-01T01:30","to":"2026-11-01T01:45","timeZone":"America/New_York"}""", "2026-11-01 05:30", "2026-11-01 06:45")]
    public void A_freeze_is_a_time(string body, string from, string? to)
    {
        var freeze = Read(body).Value!.Freeze!;
        Assert.Equal((ChangeWindowTests.Utc(from), to is null ? null : ChangeWindowTests.Utc(to)), (freeze.From, freeze.To));
    }

    [Theory]
    [InlineData("{}", "/reason required")]
    [InlineData("""{"reason":" "}""", "/reason invalid")]
    [InlineData("""{"reason":"x","from":"tomorrow"}""", "/from invalid")]
    [InlineData("""{"reason":"x","from":"2026-03-02T08:00"}""", "/from zone")]
    [InlineData("""{"reason":"x","to":"2026-03-02T08:00","timeZone":"CEST/Bern"}""", "/timeZone invalid", "/to zone")]
    [InlineData("""{"reason":"x","from":"2026-03-03T08:00Z","to":"2026-03-02T08:00Z"}""", "/to order")]
    [InlineData("""{"reason":"x","from":"2026-02-01T08:00Z","to":"2026-03-01T12:00Z"}""", "/to range")]
    [InlineData("""{"reason":"x","to":"9999-12-31T23:59:59-14:00"}""", "/to invalid")]
    [InlineData("""{"reason":"x","until":"2026-03-02T08:00Z"}""", "/until unknown")]
    public void What_is_wrong_is_named(string body, params string[] problems) =>
        Assert.Equal(problems, Read(body).Problems.Select(problem => $"{problem.Pointer} {problem.Code}").Order());

    [Fact]
    public void Who_is_authenticated_is_who_did_it()
    {
        Assert.Equal("key:ci", Read("""{"reason":"x","by":"ann"}""", "key:ci").Value!.By);
        Assert.Equal("/by required", Assert.Single(Read("""{"reason":"x"}""", identity: null).Problems) is var problem ? $"{problem.Pointer} {problem.Code}" : "");
    }

    [Fact]
    public void A_tenants_freeze_says_when_it_begins_and_may_be_over()
    {
        const string Tenant = """{"gateway":{"service":{"ports":[{"name":"http2","port":80}]}},"windows":[{"days":["Fri","Mon"],"from":"09:00","to":"17:00","timeZone":"UTC"}],"freezes":[FREEZE]}""";
        var good = TenantRequest.Read(Json(Tenant.Replace("FREEZE", """{"from":"2001-01-01T00:00Z","to":"2002-01-01T00:00Z","reason":"x"}""", StringComparison.Ordinal)), "foo");
        Assert.Equal((Weekday.Mon, "x"), (good.Value!.Windows![0].Days[0], good.Value.Freezes![0].Reason));
        Assert.Equal(JsonSerializer.Serialize(good.Value), JsonSerializer.Serialize(TenantRequest.Read(JsonSerializer.SerializeToElement(good.Value, JsonSerializerOptions.Web), "foo").Value));

        var bad = TenantRequest.Read(Json(Tenant.Replace("FREEZE", """{"reason":"x"}""", StringComparison.Ordinal)), "foo");
        Assert.Equal("/freezes/0/from", Assert.Single(bad.Problems).Pointer);
    }

    [Fact]
    public void A_service_of_a_tenant_has_windows_and_freezes_of_its_own()
    {
        const string Tenant = """
            {"gateway":{"service":{"ports":[{"name":"http2","port":80}]}},"windows":[{"days":["Mon"],"from":"09:00","to":"17:00","timeZone":"UTC"}],"freezes":[{"from":"2026-01-01T00:00Z","reason":"all"}],
             "services":[{"name":"hello","prefix":"/foo/","stable":"v1","windows":[{"days":["DAY"],"from":"09:00","to":"17:00","timeZone":"UTC"}],"freezes":[{"from":"2026-02-01T00:00Z","reason":"own"}]},
                         {"name":"echo","prefix":"/echo/","stable":"v1"}]}
            """;
        var spec = TenantRequest.Read(Json(Tenant.Replace("DAY", "Mon", StringComparison.Ordinal)), "foo").Value!;
        Assert.Equal(
            [("tenant foo", 1, "all"), ("service hello", 1, "own")], spec.CalendarOf("hello").Select(rules => (rules.Whose, rules.Windows.Count, rules.Freezes.Single().Reason)));
        Assert.Equal([("tenant foo", 1, 1), ("service echo", 0, 0)], spec.CalendarOf("echo").Select(rules => (rules.Whose, rules.Windows.Count, rules.Freezes.Count)));
        Assert.Equal(JsonSerializer.Serialize(spec), JsonSerializer.Serialize(TenantRequest.Read(JsonSerializer.SerializeToElement(spec, JsonSerializerOptions.Web), "foo").Value));

        var problem = Assert.Single(TenantRequest.Read(Json(Tenant.Replace("DAY", "Tue", StringComparison.Ordinal)), "foo").Problems);
        Assert.Equal(("/services/0/windows", "never"), (problem.Pointer, problem.Code));
    }

    [Theory]
    [InlineData("""{"by":"ann"}""", "/windows required")]
    [InlineData("""{"by":"ann","windows":[]}""", "/windows required")]
    [InlineData("""{"windows":[{"from":"09:00","to":"17:00","timeZone":"Mars"}]}""", "/by required", "/windows/0/timeZone invalid")]
    [InlineData("""{"by":"ann","windows":[{"from":"09:00","to":"17:00","timeZone":"UTC"}],"from":"now"}""", "/from unknown")]
    public void What_is_wrong_with_the_windows_of_everything_is_named(string body, params string[] problems) =>
        Assert.Equal(problems, WindowsChange.Read(Json(body), identity: null, Now).Problems.Select(problem => $"{problem.Pointer} {problem.Code}").Order());

    private static Parsed<FreezeChange> Read(string body, string? identity = "ann") => FreezeRequest.Read(Json(body), "fair", identity, Now);

    private static JsonElement Json(string body) => JsonSerializer.Deserialize<JsonElement>(body);
}
