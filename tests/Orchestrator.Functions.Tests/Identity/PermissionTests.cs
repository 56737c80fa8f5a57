using System.Collections.Frozen;
using CsCheck;
using Orchestrator.Functions.Identity;

namespace Orchestrator.Functions.Tests.Identity;

/// <summary>Who may do what.</summary>
public sealed class PermissionTests
{
    private static readonly string[] Tenants = ["foo", "bar", "baz"];

    private static readonly Gen<Grant> Grants = Gen.Select(
        Gen.Enum<Role>(),
        Gen.Int[0, 2].HashSet[0, 3],
        Gen.Bool,
        (role, tenants, globally) => new Grant(role, globally ? null : tenants.Select(tenant => Tenants[tenant]).ToFrozenSet()));

    private static readonly Gen<Caller> Callers = Grants.List[0, 4].Select(grants => new Caller(CallerKind.Token, "ann", grants));
    private static readonly Gen<Permission> Permissions = Gen.Int[0, Permission.All.Count - 1].Select(i => Permission.All[i]);
    private static readonly Gen<string?> Targets = Gen.Int[0, Tenants.Length].Select(i => i < Tenants.Length ? Tenants[i] : null);

    public static TheoryData<string, Role, Reach> Table => new()
    {
        { "list tenants", Role.Reader, Reach.Anywhere },
        { "read it", Role.Reader, Reach.Tenant },
        { "update it", Role.Operator, Reach.Tenant },
        { "repair it", Role.Operator, Reach.Tenant },
        { "onboard it", Role.Admin, Reach.Tenant },
        { "offboard it", Role.Admin, Reach.Tenant },
        { "list canaries", Role.Reader, Reach.Anywhere },
        { "read its canaries", Role.Reader, Reach.Tenant },
        { "start canaries in it", Role.Operator, Reach.Tenant },
        { "decide on its canaries", Role.Operator, Reach.Tenant },
        { "read the freezes and windows of everything", Role.Reader, Reach.Anywhere },
        { "change the freezes and windows of everything", Role.Operator, Reach.Everywhere },
        { "read meshes", Role.Reader, Reach.Anywhere },
        { "ensure meshes", Role.Admin, Reach.Everywhere },
        { "read schemas", Role.Reader, Reach.Anywhere },
        { "follow events", Role.Reader, Reach.Anywhere },
        { "read metrics", Role.Reader, Reach.Everywhere },
        { "use the management API", Role.Admin, Reach.Everywhere },
    };

    [Theory]
    [MemberData(nameof(Table))]
    public void The_table_says(string doing, Role role, Reach reach)
    {
        var permission = Assert.Single(Permission.All, permission => permission.Doing == doing);
        Assert.Equal((role, reach), (permission.Role, permission.Reach));
        Assert.Equal(Table.Count, Permission.All.Count);
    }

    [Fact]
    public void A_higher_role_may_do_all_that_a_lower_one_may() => Gen.Select(Callers, Permissions, Targets).Sample((caller, permission, tenant) =>
    {
        var raised = caller with { Grants = [.. caller.Grants.Select(grant => grant with { Role = Raised(grant.Role) })] };
        return !permission.IsHeldBy(caller, tenant) || permission.IsHeldBy(raised, tenant);
    });

    [Fact]
    public void One_grant_more_takes_nothing_away() => Gen.Select(Callers, Grants, Permissions, Targets).Sample((caller, grant, permission, tenant) =>
        !permission.IsHeldBy(caller, tenant) || permission.IsHeldBy(caller with { Grants = [.. caller.Grants, grant] }, tenant));

    [Fact]
    public void A_grant_for_other_tenants_gives_nothing_on_this_one() => Gen.Select(Callers, Permissions).Sample((caller, permission) =>
    {
        var others = caller with { Grants = [.. caller.Grants.Where(grant => !grant.Covers("foo"))] };
        return permission.Reach == Reach.Anywhere || !permission.IsHeldBy(others, "foo");
    });

    [Fact]
    public void What_belongs_to_no_tenant_needs_a_global_role() => Callers.Sample(caller =>
        Permission.EnsureMesh.IsHeldBy(caller, null) == caller.Grants.Any(grant => grant is { Role: Role.Admin, Tenants: null }));

    [Fact]
    public void Nothing_is_open_to_who_has_no_role() => Gen.Select(Permissions, Targets).Sample((permission, tenant) =>
        !permission.IsHeldBy(With(new Grant(Role.None)), tenant) && !permission.IsHeldBy(With(), tenant));

    private static Role Raised(Role role) => role == Role.Admin ? Role.Admin : role + 1;

    private static Caller With(params Grant[] grants) => new(CallerKind.Token, "ann", grants);
}
