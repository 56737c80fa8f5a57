namespace Orchestrator.Functions.Identity;

/// <summary>On what a role is needed.</summary>
public enum Reach
{
    /// <summary>On the tenant that the call names.</summary>
    Tenant,

    /// <summary>On any tenant: the answer shows only what the caller may read, or what concerns no tenant.</summary>
    Anywhere,

    /// <summary>Globally.</summary>
    Everywhere,
}

/// <summary>Who may do what: the one table of it.</summary>
/// <param name="Doing">What is done, for people: "may not …".</param>
/// <param name="Role">The role that it needs.</param>
/// <param name="Reach">On what.</param>
public sealed record Permission(string Doing, Role Role, Reach Reach)
{
    public static Permission ListTenants { get; } = new("list tenants", Role.Reader, Reach.Anywhere);

    public static Permission ReadTenant { get; } = new("read it", Role.Reader, Reach.Tenant);

    /// <summary>Giving a tenant that is there another spec; one that is not there is onboarded.</summary>
    public static Permission UpdateTenant { get; } = new("update it", Role.Operator, Reach.Tenant);

    public static Permission RepairTenant { get; } = new("repair it", Role.Operator, Reach.Tenant);

    public static Permission OnboardTenant { get; } = new("onboard it", Role.Admin, Reach.Tenant);

    public static Permission OffboardTenant { get; } = new("offboard it", Role.Admin, Reach.Tenant);

    public static Permission ListCanaries { get; } = new("list canaries", Role.Reader, Reach.Anywhere);

    public static Permission ReadCanaries { get; } = new("read its canaries", Role.Reader, Reach.Tenant);

    public static Permission StartCanary { get; } = new("start canaries in it", Role.Operator, Reach.Tenant);

    public static Permission DecideOnCanary { get; } = new("decide on its canaries", Role.Operator, Reach.Tenant);

    public static Permission ReadCalendar { get; } = new("read the freezes and windows of everything", Role.Reader, Reach.Anywhere);

    /// <summary>Freezing everything, or giving it windows, which holds back and takes nothing away: who is on call must be able to.</summary>
    public static Permission ChangeCalendar { get; } = new("change the freezes and windows of everything", Role.Operator, Reach.Everywhere);

    public static Permission ReadMesh { get; } = new("read meshes", Role.Reader, Reach.Anywhere);

    public static Permission EnsureMesh { get; } = new("ensure meshes", Role.Admin, Reach.Everywhere);

    public static Permission ReadSchemas { get; } = new("read schemas", Role.Reader, Reach.Anywhere);

    public static Permission FollowEvents { get; } = new("follow events", Role.Reader, Reach.Anywhere);

    /// <summary>What the orchestrator tells of all tenants together, for machines that collect it.</summary>
    public static Permission ReadMetrics { get; } = new("read metrics", Role.Reader, Reach.Everywhere);

    /// <summary>The management API by a token; a key of level System or Admin opens it as well.</summary>
    public static Permission ManageInstances { get; } = new("use the management API", Role.Admin, Reach.Everywhere);

    /// <summary>The whole table.</summary>
    public static IReadOnlyList<Permission> All { get; } =
    [
        ListTenants, ReadTenant, UpdateTenant, RepairTenant, OnboardTenant, OffboardTenant,
        ListCanaries, ReadCanaries, StartCanary, DecideOnCanary, ReadCalendar, ChangeCalendar, ReadMesh, EnsureMesh, ReadSchemas, FollowEvents, ReadMetrics, ManageInstances,
    ];

    /// <summary>Whether a caller has it.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="tenant">The tenant that the call names, whether it exists or not; null for none.</param>
    public bool IsHeldBy(Caller caller, string? tenant) => Reach switch
    {
        Reach.Anywhere => caller.HasAnywhere(Role),
        Reach.Everywhere => caller.Has(Role, null),
        _ => caller.Has(Role, tenant),
    };

    /// <summary>What is missing and how it is granted. It is the same for a tenant that exists and for one that does not.</summary>
    /// <param name="caller">Who lacks it.</param>
    /// <param name="tenant">The tenant that the call names; null for none.</param>
    public string Missing(Caller caller, string? tenant)
    {
        var role = $"{Role}".ToLowerInvariant();
        var (where, tenants) = Reach switch
        {
            Reach.Anywhere => ("on any tenant", "NAME"),
            Reach.Everywhere => ("globally", "*"),
            _ => ($"on tenant '{tenant}'", tenant),
        };
        return $"{caller.Name} may not {Doing}: it has not the role {role} {where}. "
            + $"An administrator grants it with the app role orchestrator.{role}, "
            + $"or with Orchestrator__Grants__N__Principal, __Role={role} and __Tenants={tenants} in the settings of the server.";
    }
}
