namespace Orchestrator.Functions.Identity;

/// <summary>How it is known who calls.</summary>
public enum CallerKind
{
    /// <summary>It is not: the host asks nobody, as <c>orc dev</c> does.</summary>
    Anybody,

    /// <summary>By a key of the host.</summary>
    Key,

    /// <summary>By a bearer token that was checked here.</summary>
    Token,

    /// <summary>By the header of an authentication in front of the app.</summary>
    Platform,
}

/// <summary>Who calls, and what was granted to it.</summary>
/// <param name="Kind">How it is known.</param>
/// <param name="Name">Its identity, as in decisions and audit lines: <c>ann@contoso.com (oid)</c>, <c>app:appid</c> or <c>key:ci</c>.</param>
/// <param name="Grants">What it may do.</param>
public sealed record Caller(CallerKind Kind, string Name, IReadOnlyList<Grant> Grants)
{
    /// <summary>Whoever calls a host that asks nobody: everything is open.</summary>
    public static Caller Anybody { get; } = new(CallerKind.Anybody, "anybody", [new(Role.Admin)]);

    /// <summary>Its authenticated identity; null when there is none.</summary>
    public string? Identity => Kind is CallerKind.Anybody ? null : Name;

    /// <summary>Whether it has a role, or a higher one, on a tenant; null asks for the role globally.</summary>
    public bool Has(Role role, string? tenant) => Grants.Any(grant => grant.Role >= role && grant.Covers(tenant));

    /// <summary>Whether it has a role, or a higher one, on anything.</summary>
    public bool HasAnywhere(Role role) => Grants.Any(grant => grant.Role >= role);
}
