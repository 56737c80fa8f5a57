using System.Text.RegularExpressions;

namespace Orchestrator.Domain.Tenants;

/// <summary>The hosts under which a tenant's products are asked for: DNS names, <c>*.</c> and a DNS name for all below it, or <c>*</c> for every host.</summary>
public static partial class HostNames
{
    /// <summary>Every host.</summary>
    public const string Any = "*";

    /// <summary>What is wrong with a host, or null.</summary>
    public static string? Check(string host) => host == Any || (host.Length <= 253 && Pattern().IsMatch(host))
        ? null
        : $"Expected a DNS name in lower case such as foo.example.com, *.foo.example.com, or '{Any}' alone for every host.";

    /// <summary>Whether some request is for both. One for every host is told apart by the address of its gateway, and overlaps none.</summary>
    public static bool Overlap(string a, string b) => a != Any && b != Any && (a == b || IsBelow(a, b) || IsBelow(b, a));

    /// <summary>A host that a request may name to be meant: the host itself, or one below it; null where every one is.</summary>
    public static string? Sample(string host) => host == Any ? null : host.StartsWith("*.", StringComparison.Ordinal) ? $"any{host[1..]}" : host;

    private static bool IsBelow(string host, string wildcard) =>
        wildcard.StartsWith("*.", StringComparison.Ordinal) && host.EndsWith(wildcard[1..], StringComparison.Ordinal);

    [GeneratedRegex(@"^(?:\*\.)?(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();
}
