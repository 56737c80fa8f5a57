using Orchestrator.Domain.Canaries;
using Orchestrator.Domain.Tenants;

namespace Orchestrator.Domain.Tests;

public sealed class AnnouncementTests
{
    private static readonly TenantSpec Foo = new() { Tenant = "foo", Cluster = "west", Gateway = new() { Service = new(ServiceType.NodePort, []) } };

    private static CanaryView View(CanaryPhase phase, string? reason = null, string? waitingFor = null) => new(
        "foo", "hello", phase, "v1", "v2", null, new(90, 10), null, [], waitingFor is null ? null : new(waitingFor, DateTime.UnixEpoch), reason, [], DateTime.UnixEpoch, null, "i");

    [Theory]
    [InlineData(CanaryPhase.Promoted, null, null, "CanaryPromoted", false, "v2 has 10 % of the requests")]
    [InlineData(CanaryPhase.AwaitingApproval, null, "approval of v2", "CanaryAwaitingApproval", false, "v2 has 10 % of the requests: waiting for approval of v2")]
    [InlineData(CanaryPhase.RollingBack, "too slow", "the routes", "CanaryRollingBack", true, "v2 has 10 % of the requests: too slow")]
    [InlineData(CanaryPhase.Aborted, "by ann", null, "CanaryAborted", true, "v2 has 10 % of the requests: by ann")]
    public void A_canary_is_announced_on_its_Service(CanaryPhase phase, string? reason, string? waitingFor, string expected, bool warns, string message) =>
        Assert.Equal(
            new("west", "foo", "Service", "hello", expected, warns, message) { End = phase is CanaryPhase.Aborted or CanaryPhase.Promoted ? phase : null },
            Announcement.Of("west", View(phase, reason, waitingFor)));

    [Theory]
    [InlineData(TenantPhase.Ready, null, "TenantReady", false, "Tenant 'foo' is Ready")]
    [InlineData(TenantPhase.Failed, "istiod is away", "TenantFailed", true, "istiod is away")]
    public void A_tenant_is_announced_on_its_namespace(TenantPhase phase, string? reason, string expected, bool warns, string message) =>
        Assert.Equal(new("west", "foo", "Namespace", "foo", expected, warns, message), Announcement.Of(Foo, phase, reason));

    [Fact]
    public void A_long_story_is_cut() => Assert.InRange(Announcement.Of(Foo, TenantPhase.Failed, new('x', 5000)).Message.Length, 1, 1000);
}
