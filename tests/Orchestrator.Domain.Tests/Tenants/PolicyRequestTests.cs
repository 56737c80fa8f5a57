using System.Text.Json;
using Orchestrator.Domain.Requests;
using Orchestrator.Domain.Tenants;
using Orchestrator.Domain.Tests.Requests;

namespace Orchestrator.Domain.Tests.Tenants;

public sealed class PolicyRequestTests
{
    private static Parsed<TenantSpec> Read(string policies)
    {
        using var document = JsonDocument.Parse(
            $$$"""{"gateway":{"service":{"ports":[{"name":"http2","port":80}]}},"policies":{{{policies}}}}""");
        return SpecSchema.Tenant.Agreeing(document.RootElement, TenantRequest.Read(document.RootElement, "foo"));
    }

    [Theory]
    [InlineData("null")]
    [InlineData("{}")]
    public void A_tenant_that_says_nothing_is_kept_apart(string policies)
    {
        var read = Read(policies).Value!.Policies;

        Assert.Equal(["./*", "istio-system/*"], read.SidecarEgress);
        Assert.Equal((MutualTls.Strict, true, null, null), (read.Mtls, read.NetworkPolicy, read.Limits, read.PodSecurity));
        Assert.Empty(read.Quota);
        Assert.Empty(read.Admins);
    }

    [Fact]
    public void Policies_are_their_own_request_whatever_the_order_of_their_members()
    {
        var spec = Read("""
            {"sidecarEgress":["~/*"],"mtls":"PERMISSIVE","networkPolicy":false,"podSecurity":"baseline","admins":["user:ann@contoso.com"],
             "quota":{"requests.cpu":8,"count/jobs.batch":"10","limits.memory":"1.5Gi"},"limits":{"max":{"memory":"1Gi","cpu":"2"}}}
            """).Value!;
        var swapped = Read("""
            {"limits":{"max":{"cpu":2,"memory":"1Gi"}},"quota":{"limits.memory":"1.5Gi","requests.cpu":"8","count/jobs.batch":10},
             "admins":["user:ann@contoso.com"],"podSecurity":"baseline","networkPolicy":false,"mtls":"PERMISSIVE","sidecarEgress":["~/*"]}
            """).Value!;

        var json = JsonSerializer.Serialize(spec, JsonSerializerOptions.Web);
        using var again = JsonDocument.Parse(json);

        Assert.Equal(json, JsonSerializer.Serialize(TenantRequest.Read(again.RootElement, "foo").Value!, JsonSerializerOptions.Web));
        Assert.Equal(json, JsonSerializer.Serialize(swapped, JsonSerializerOptions.Web));
        Assert.Equal(json, JsonSerializer.Serialize(JsonSerializer.Deserialize<TenantSpec>(json, JsonSerializerOptions.Web), JsonSerializerOptions.Web));
    }

    [Fact]
    public void Every_problem_is_reported_at_once() =>
        Assert.Equal(
            [
                "/policies/admins/0 invalid", "/policies/admins/1 invalid", "/policies/colour unknown", "/policies/limits/default/cpu invalid",
                "/policies/limits/min/pods unknown", "/policies/limits/most unknown", "/policies/mtls choice", "/policies/networkPolicy type",
                "/policies/podSecurity choice", "/policies/quota/limits.cpu type", "/policies/quota/pods invalid", "/policies/quota/request.cpu unknown",
                "/policies/sidecarEgress/0 invalid",
            ],
            Read("""
                {"sidecarEgress":["everything"],"mtls":"DISABLE","networkPolicy":"yes","podSecurity":"restricted","colour":"red",
                 "quota":{"pods":"many","request.cpu":"1","limits.cpu":true},"limits":{"default":{"cpu":"1x"},"min":{"pods":"1"},"most":{}},
                 "admins":["foo-admins","group:system:authenticated"]}
                """).Problems.Select(p => $"{p.Pointer} {p.Code}").Order(StringComparer.Ordinal));

    [Theory]
    [InlineData("""{"sidecarEgress":[]}""", "/policies/sidecarEgress required")]
    [InlineData("""{"admins":["group:a","group:a"]}""", "/policies/admins duplicate")]
    [InlineData("""{"admins":["group:"]}""", "/policies/admins/0 invalid")]
    [InlineData("""{"sidecarEgress":["Foo/*"]}""", "/policies/sidecarEgress/0 invalid")]
    [InlineData("""{"sidecarEgress":["./a/b"]}""", "/policies/sidecarEgress/0 invalid")]
    [InlineData("""{"quota":{"a/b/c":1}}""", "/policies/quota/a~1b~1c unknown")]
    [InlineData("""{"quota":[]}""", "/policies/quota type")]
    [InlineData("""{"quota":{"pods":-1}}""", "/policies/quota/pods invalid")]
    [InlineData("[]", "/policies type")]
    public void What_cannot_be_is_refused(string policies, string problem) =>
        Assert.Equal([problem], Read(policies).Problems.Select(p => $"{p.Pointer} {p.Code}"));

    [Theory]
    [InlineData("500m", true)]
    [InlineData("0", true)]
    [InlineData("0.5", true)]
    [InlineData("16Gi", true)]
    [InlineData("3E", true)]
    [InlineData("", false)]
    [InlineData("Gi", false)]
    [InlineData("-1", false)]
    [InlineData("+1", false)]
    [InlineData("1 Gi", false)]
    [InlineData(" 1", false)]
    [InlineData("1,000", false)]
    [InlineData("1mm", false)]
    [InlineData("1.", false)]
    [InlineData("1.2.3", false)]
    [InlineData("٣", false)]
    [InlineData("1000000000000000000000", false)]
    public void A_quantity_is_a_number_and_a_unit(string quantity, bool right) => Assert.Equal(right, Quantities.Check(quantity) is null);
}
