using Orchestrator.Domain.Tenants;
using Orchestrator.Functions.Tenants;

namespace Orchestrator.Functions.Tests.Tenants;

public sealed class TenantDecisionTests
{
    private static readonly TenantSpec Foo = new()
    {
        Tenant = "foo",
        Gateway = new() { Service = new(ServiceType.NodePort, [new("http2", 80, 8080, 32180)]) },
        Services = [new("hello", 8080, "/foo/", "v0-0-1")],
    };

    private static readonly TenantSpec Wider = Foo with { Gateway = Foo.Gateway with { MaxReplicas = 9 } };

    private static TenantSpec Copy(TenantSpec spec) => spec with { Services = [.. spec.Services] };

    private static TenantRecord Known(TenantPhase phase, TenantSpec? previous = null, TenantIntent intent = TenantIntent.Onboard, TenantSpec? spec = null) =>
        new("tenant.foo", new(intent, spec ?? Foo, previous), new(phase, []),
            phase is TenantPhase.Onboarding or TenantPhase.Updating or TenantPhase.RollingBack or TenantPhase.Offboarding);

    [Fact]
    public void A_tenant_that_nobody_knows_is_onboarded() =>
        Assert.Equal(new TenantDecision.Begin(new(TenantIntent.Onboard, Foo)), TenantDecision.Onboard(Foo, null));

    [Theory]
    [InlineData(TenantPhase.Onboarding)]
    [InlineData(TenantPhase.Updating)]
    [InlineData(TenantPhase.RollingBack)]
    public void The_same_spec_while_it_runs_is_the_run_that_is_under_way(TenantPhase phase) =>
        Assert.IsType<TenantDecision.UnderWay>(TenantDecision.Onboard(Copy(Foo), Known(phase)));

    [Theory]
    [InlineData(TenantPhase.Onboarding)]
    [InlineData(TenantPhase.Updating)]
    public void Another_spec_while_one_runs_is_a_conflict(TenantPhase phase) =>
        Assert.IsType<TenantDecision.Conflict>(TenantDecision.Onboard(Wider, Known(phase)));

    [Theory]
    [InlineData(DataPlane.Sidecar, DataPlane.Ambient)]
    [InlineData(DataPlane.Ambient, DataPlane.Sidecar)]
    public void The_data_plane_of_a_tenant_that_serves_stays(DataPlane from, DataPlane to)
    {
        var routed = Foo with { Gateway = Foo.Gateway with { Mode = GatewayMode.GatewayApi } };
        var standing = Known(TenantPhase.Ready, spec: routed with { Mesh = new(DataPlane: from) });

        var conflict = Assert.IsType<TenantDecision.Conflict>(TenantDecision.Onboard(routed with { Mesh = new(DataPlane: to) }, standing));
        Assert.Contains("data plane of tenant 'foo' cannot change while it serves", conflict.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_tenant_that_is_being_offboarded_cannot_be_put() =>
        Assert.IsType<TenantDecision.Conflict>(TenantDecision.Onboard(Foo, Known(TenantPhase.Offboarding, intent: TenantIntent.Offboard)));

    [Fact]
    public void The_same_spec_when_it_is_ready_leaves_nothing_to_do() =>
        Assert.IsType<TenantDecision.Nothing>(TenantDecision.Onboard(Copy(Foo), Known(TenantPhase.Ready)));

    [Fact]
    public void Another_spec_when_it_is_ready_is_an_update_from_what_is_in_force() =>
        Assert.Equal(new TenantDecision.Begin(new(TenantIntent.Onboard, Wider, Foo)), TenantDecision.Onboard(Wider, Known(TenantPhase.Ready)));

    [Fact]
    public void After_an_update_that_was_taken_back_the_old_spec_is_in_force()
    {
        var known = Known(TenantPhase.RolledBack, previous: Foo, spec: Wider);

        Assert.Equal(Foo, known.View.Spec);
        Assert.Equal(new TenantDecision.Begin(new(TenantIntent.Onboard, Wider, Foo)), TenantDecision.Onboard(Wider, known));
    }

    [Fact]
    public void After_an_onboarding_that_was_taken_back_the_tenant_is_free_to_go_anywhere()
    {
        var elsewhere = Foo with { Cluster = "west" };

        Assert.Equal(new TenantDecision.Begin(new(TenantIntent.Onboard, elsewhere)), TenantDecision.Onboard(elsewhere, Known(TenantPhase.RolledBack)));
    }

    [Theory]
    [InlineData(TenantPhase.Ready)]
    [InlineData(TenantPhase.Onboarding)]
    [InlineData(TenantPhase.Failed)]
    public void A_tenant_lives_on_one_cluster(TenantPhase phase)
    {
        var conflict = Assert.IsType<TenantDecision.Conflict>(TenantDecision.Onboard(Foo with { Cluster = "west" }, Known(phase)));

        Assert.Contains("lives on cluster 'default'", conflict.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_mode_keeps_the_Service_that_has_the_address_then_and_ever_after()
    {
        var operated = Foo with { Gateway = Foo.Gateway with { Mode = GatewayMode.IstioOperator } };

        var first = Assert.IsType<TenantDecision.Begin>(TenantDecision.Onboard(operated, Known(TenantPhase.Ready)));
        var back = Assert.IsType<TenantDecision.Begin>(TenantDecision.Onboard(Foo, Known(TenantPhase.Ready, Foo, spec: first.Start.Spec)));
        var again = TenantDecision.Onboard(Foo, Known(TenantPhase.Ready, first.Start.Spec, spec: back.Start.Spec));

        Assert.Equal(("gw", "gw"), (first.Start.Spec.Gateway.Front, back.Start.Spec.Gateway.Front));
        Assert.Equal(["gw", "istio-ingress-gateway", "istio-ingress"], [TenantNames.Workload(Foo), TenantNames.Workload(first.Start.Spec), TenantNames.Workload(back.Start.Spec)]);
        Assert.IsType<TenantDecision.Nothing>(again);
    }

    [Fact]
    public void What_a_request_says_of_the_front_does_not_count() =>
        Assert.IsType<TenantDecision.Nothing>(
            TenantDecision.Onboard(Foo with { Gateway = Foo.Gateway with { Front = "elsewhere" } }, Known(TenantPhase.Ready)));

    [Fact]
    public void A_conversion_changes_nothing_else()
    {
        var operated = Foo.Gateway with { Mode = GatewayMode.IstioOperator };

        Assert.IsType<TenantDecision.Conflict>(TenantDecision.Onboard(Foo with { Gateway = operated, Owner = "team-new" }, Known(TenantPhase.Ready)));
        Assert.IsType<TenantDecision.Conflict>(TenantDecision.Onboard(Foo with { Gateway = operated, Services = [] }, Known(TenantPhase.Ready)));
        Assert.IsType<TenantDecision.Conflict>(TenantDecision.Onboard(
            Foo with { Gateway = operated with { Service = new(ServiceType.NodePort, [new("http2", 80, 8080, 32181)]) } }, Known(TenantPhase.Ready)));
        Assert.IsType<TenantDecision.Begin>(TenantDecision.Onboard(
            Foo with { Gateway = operated with { MinReplicas = 3 }, Services = [Foo.Services[0] with { Stable = "v0-0-2" }] }, Known(TenantPhase.Ready)));
    }

    [Fact]
    public void A_tenant_that_was_offboarded_can_be_onboarded_anew() =>
        Assert.Equal(
            new TenantDecision.Begin(new(TenantIntent.Onboard, Foo)),
            TenantDecision.Onboard(Foo, Known(TenantPhase.Offboarded, intent: TenantIntent.Offboard)));

    [Fact]
    public void Deleting_takes_away_what_is_in_force() =>
        Assert.Equal(
            new TenantDecision.Begin(new(TenantIntent.Offboard, Foo)),
            TenantDecision.Offboard("foo", Known(TenantPhase.RolledBack, previous: Foo, spec: Wider)));

    [Fact]
    public void A_tenant_that_is_being_onboarded_cannot_be_deleted() =>
        Assert.IsType<TenantDecision.Conflict>(TenantDecision.Offboard("foo", Known(TenantPhase.Onboarding)));

    [Fact]
    public void A_second_delete_is_the_one_that_is_under_way() =>
        Assert.IsType<TenantDecision.UnderWay>(TenantDecision.Offboard("foo", Known(TenantPhase.Offboarding, intent: TenantIntent.Offboard)));

    [Fact]
    public void An_offboarding_that_failed_can_be_begun_again() =>
        Assert.IsType<TenantDecision.Begin>(TenantDecision.Offboard("foo", Known(TenantPhase.Failed, intent: TenantIntent.Offboard)));

    [Fact]
    public void There_is_nothing_to_delete_of_a_tenant_that_is_gone()
    {
        Assert.IsType<TenantDecision.Unknown>(TenantDecision.Offboard("foo", null));
        Assert.IsType<TenantDecision.Unknown>(TenantDecision.Offboard("foo", Known(TenantPhase.Offboarded, intent: TenantIntent.Offboard)));
    }
}
