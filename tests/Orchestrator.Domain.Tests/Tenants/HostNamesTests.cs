using Orchestrator.Domain.Tenants;

namespace Orchestrator.Domain.Tests.Tenants;

public sealed class HostNamesTests
{
    [Theory]
    [InlineData("*")]
    [InlineData("foo.example.com")]
    [InlineData("*.foo.example.com")]
    public void A_host_is_a_DNS_name_or_all_below_one_or_every_one(string host) => Assert.Null(HostNames.Check(host));

    [Theory]
    [InlineData("")]
    [InlineData("foo")]
    [InlineData("Foo.example.com")]
    [InlineData("foo.*.com")]
    [InlineData("*foo.example.com")]
    [InlineData("foo.example.com/")]
    [InlineData("foo.example.com:80")]
    [InlineData("-foo.example.com")]
    [InlineData("./*")]
    public void Anything_else_is_none(string host) => Assert.NotNull(HostNames.Check(host));

    [Theory]
    [InlineData("a.example.com", "a.example.com", true)]
    [InlineData("a.example.com", "b.example.com", false)]
    [InlineData("*.example.com", "a.example.com", true)]
    [InlineData("*.example.com", "*.a.example.com", true)]
    [InlineData("*.example.com", "example.com", false)]
    [InlineData("*.example.com", "badexample.com", false)]
    [InlineData("*", "a.example.com", false)]
    [InlineData("*", "*", false)]
    public void Two_overlap_when_some_request_is_for_both(string a, string b, bool overlap)
    {
        Assert.Equal(overlap, HostNames.Overlap(a, b));
        Assert.Equal(overlap, HostNames.Overlap(b, a));
    }
}
