using System.Collections.Frozen;
using Microsoft.Extensions.Configuration;
using Orchestrator.Domain.Tenants;

namespace Orchestrator.Functions.Identity;

/// <summary>The grants of the configuration, <c>Orchestrator:Grants:N</c>, by principal.</summary>
internal sealed class GrantTable
{
    private const string Section = "Orchestrator:Grants";

    private readonly FrozenDictionary<string, Grant[]> grants;

    /// <param name="grants">Each principal with what is granted to it.</param>
    public GrantTable(IEnumerable<(string Principal, Grant Grant)> grants) => this.grants = grants
        .GroupBy(entry => entry.Principal, entry => entry.Grant, StringComparer.OrdinalIgnoreCase)
        .ToFrozenDictionary(group => group.Key, group => group.ToArray(), StringComparer.OrdinalIgnoreCase);

    /// <summary>Reads them: <c>Principal</c>, <c>Role</c> and <c>Tenants</c>, a list with commas or <c>*</c>.</summary>
    /// <exception cref="InvalidOperationException">One is incomplete or makes no sense.</exception>
    public static GrantTable Read(IConfiguration configuration) => new(configuration.GetSection(Section).GetChildren().Select(Read));

    /// <summary>What is granted to any of these principals.</summary>
    public IReadOnlyList<Grant> To(IEnumerable<string> principals) =>
        [.. principals.SelectMany(principal => grants.TryGetValue(principal, out var found) ? found : [])];

    private static (string Principal, Grant Grant) Read(IConfigurationSection section)
    {
        var name = section.Path.Replace(":", "__", StringComparison.Ordinal);
        var principal = section["Principal"] is { Length: > 0 } text
            ? text.Trim()
            : throw new InvalidOperationException(
                $"{name}__Principal is missing: give the object id, app id or group id of a token, or key:NAME.");
        var role = section["Role"] is { } word && Enum.GetNames<Role>().Contains(word, StringComparer.OrdinalIgnoreCase)
            ? Enum.Parse<Role>(word, ignoreCase: true)
            : throw new InvalidOperationException(
                $"{name}__Role is '{section["Role"]}': give reader, operator or admin, or none to take a key's default away.");
        return (principal, new(role, Tenants(section["Tenants"], name)));
    }

    private static FrozenSet<string>? Tenants(string? text, string name)
    {
        const StringSplitOptions Parts = StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries;
        string[] tenants = text?.Split(',', Parts) ?? [];
        return tenants switch
        {
            ["*"] => null,
            [] => throw new InvalidOperationException(
                $"{name}__Tenants is missing: give the names of tenants with commas between them, or * for all."),
            _ when Array.Find(tenants, tenant => TenantRequest.CheckName(tenant) is not null) is { } wrong =>
                throw new InvalidOperationException(
                    $"{name}__Tenants names '{wrong}', which is no name of a tenant: {TenantRequest.CheckName(wrong)}"),
            _ => tenants.ToFrozenSet(StringComparer.Ordinal),
        };
    }
}
