using Orchestrator.Domain.Tenants;

namespace Orchestrator.Domain.Tests.Tenants;

public sealed class TenantPlanTests
{
    private static readonly ServiceSpec Hello = new("hello", 8080, "/foo/", "v0-0-1");
    private static readonly ServiceSpec Echo = new("echo", 8080, "/echo/", "v0-0-1");

    private static TenantSpec Tenant(params ServiceSpec[] services) => new()
    {
        Tenant = "foo",
        Gateway = new() { Service = new(ServiceType.NodePort, [new("http2", 80, 8080, 32180)]) },
        Services = services,
    };

    [Fact]
    public void Onboarding_waits_for_the_root_certificate_before_the_gateway_and_for_subsets_before_routes() =>
        Assert.Equal(
            [
                "preflight", "namespace", "injection-label", "policies", "root-certificate", "gateway", "gateway-ready", "subsets", "routes", "routes-ready",
            ],
            TenantPlan.Onboarding(Tenant(Hello), null).Select(step => step.Name));

    [Fact]
    public void What_an_update_takes_away_goes_when_everything_else_serves() =>
        Assert.Equal("retired-routes", TenantPlan.Onboarding(Tenant(Echo), Tenant(Hello, Echo))[^1].Name);

    [Fact]
    public void Policies_that_an_update_takes_away_go_after_everything_else()
    {
        var bare = Tenant(Echo) with { Policies = new() { NetworkPolicy = false } };

        Assert.Equal(["retired-routes", "retired-policies"], TenantPlan.Onboarding(bare, Tenant(Hello, Echo)).Select(step => step.Name).TakeLast(2));
        Assert.DoesNotContain(TenantPlan.Onboarding(Tenant(Echo), bare), step => step.Name == "retired-policies");
        Assert.DoesNotContain(TenantPlan.Onboarding(bare, null), step => step.Name == "retired-policies");
    }

    [Fact]
    public void Offboarding_stops_traffic_first_and_deletes_the_namespace_last() =>
        Assert.Equal(["routes", "gateway", "namespace"], TenantPlan.Offboarding(Tenant(Hello)).Select(step => step.Name));

    [Fact]
    public void The_waypoint_of_an_ambient_tenant_comes_before_its_gateway_and_goes_after_it()
    {
        var ambient = Tenant(Hello) with { Mesh = new("default", null, DataPlane.Ambient) };
        var moved = ambient with { Mesh = ambient.Mesh with { Revision = "blue" } };

        Assert.Equal(
            ["policies", "root-certificate", "waypoint", "waypoint-ready", "gateway"],
            TenantPlan.Onboarding(ambient, null).Select(step => step.Name).Skip(3).Take(5));
        Assert.Equal(["policies", "waypoint", "waypoint-ready", "gateway"], TenantPlan.Repairing(ambient).Select(step => step.Name).Skip(1).Take(4));
        Assert.Equal(["routes", "gateway", "waypoint", "namespace"], TenantPlan.Offboarding(ambient).Select(step => step.Name));
        Assert.DoesNotContain(TenantPlan.Onboarding(moved, ambient), step => step.Name == "workloads");
        Assert.Contains(TenantPlan.Onboarding(moved with { Mesh = new("blue") }, ambient with { Mesh = new() }), step => step.Name == "workloads");
    }

    [Fact]
    public void An_update_writes_the_routes_of_new_and_changed_services_only()
    {
        var moved = Echo with { Prefix = "/moved/" };

        Assert.Equal([moved], TenantPlan.Changed(Tenant(Hello, moved), Tenant(Hello, Echo)));
        Assert.Equal([Hello, Echo], TenantPlan.Changed(Tenant(Hello, Echo), null));
        Assert.Empty(TenantPlan.Changed(Tenant(Hello with { Stable = "v0-0-2" }), Tenant(Hello)));
        Assert.Empty(TenantPlan.Changed(Tenant(Hello with { Freezes = [new(DateTime.UnixEpoch, null, "fair")], Windows = [] }), Tenant(Hello)));
        Assert.Equal([Hello], TenantPlan.Retired(Tenant(Echo), Tenant(Hello, Echo)));
    }

    [Fact]
    public void The_gateway_learns_what_is_written_and_everything_anew_at_a_new_port()
    {
        var ports = new GatewayService(ServiceType.NodePort, [new("http2", 80, 8080, 32180), new("http", 81, 8081)]);
        var more = Tenant(Hello) with { Gateway = new() { Service = ports } };

        Assert.Equal([Echo], TenantPlan.Learned(Tenant(Hello, Echo), Tenant(Hello)));
        Assert.Empty(TenantPlan.Learned(Tenant(Hello), Tenant(Hello)));
        Assert.Equal([Hello], TenantPlan.Learned(more, Tenant(Hello)));
    }

    [Fact]
    public void Only_the_routes_of_services_that_stand_can_be_taken_from_a_canary()
    {
        var moved = Echo with { Prefix = "/moved/" };

        Assert.Empty(TenantPlan.Touched(new(TenantIntent.Onboard, Tenant(Hello, Echo))));
        Assert.Empty(TenantPlan.Touched(new(TenantIntent.Onboard, Tenant(Hello, Echo), Tenant(Hello))));
        Assert.Equal(["hello", "echo"], TenantPlan.Touched(new(TenantIntent.Onboard, Tenant(moved), Tenant(Hello, Echo))));
        Assert.Equal(["hello", "echo"], TenantPlan.Touched(new(TenantIntent.Offboard, Tenant(Hello, Echo))));
    }

    [Fact]
    public void Every_step_that_writes_says_how_to_take_it_back_by_hand() =>
        Assert.All(
            TenantPlan.Onboarding(Tenant(Hello), null)
                .Where(step => step.Name is "namespace" or "injection-label" or "policies" or "gateway" or "subsets" or "routes"),
            step => Assert.StartsWith("kubectl ", step.Remedy, StringComparison.Ordinal));

    [Fact]
    public void A_tenant_that_moves_to_another_revision_restarts_its_products_proves_all_routes_and_keeps_no_canary()
    {
        var (was, moved) = (Tenant(Hello, Echo), Tenant(Hello, Echo) with { Mesh = new("v2") });

        Assert.True(TenantPlan.Moves(moved, was));
        Assert.False(TenantPlan.Moves(was with { Mesh = new("default") }, was));
        Assert.False(TenantPlan.Moves(moved, null));
        Assert.Equal([Hello, Echo], TenantPlan.Learned(moved, was));
        Assert.Equal(["hello", "echo"], TenantPlan.Touched(new(TenantIntent.Onboard, moved, was)));
        Assert.Equal(["gateway-ready", "workloads", "subsets"], TenantPlan.Onboarding(moved, was).Select(step => step.Name).SkipWhile(name => name != "gateway-ready").Take(3));
        Assert.DoesNotContain(TenantPlan.Onboarding(was, was), step => step.Name == "workloads");
    }
}
