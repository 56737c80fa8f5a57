using System.Text.RegularExpressions;

namespace Orchestrator.Domain.Requests;

/// <summary>The names Kubernetes accepts; each check answers what is wrong, or null.</summary>
public static partial class Names
{
    /// <summary>A DNS label (RFC 1123): the name of a namespace, a tenant or a Service.</summary>
    public static string? DnsLabel(string name) =>
        Label().IsMatch(name) ? null : $"'{Cut(name)}' is not a DNS label: use 1 to 63 lower-case letters, digits and '-', beginning with a letter and ending with a letter or digit.";

    /// <summary>A label value that is also a subset name: a version such as <c>v0-0-2</c>.</summary>
    public static string? Version(string name) =>
        VersionLabel().IsMatch(name) ? null : $"'{Cut(name)}' is not a version: use 1 to 63 letters, digits, '-', '_' and '.', beginning and ending with a letter or digit.";

    private static string Cut(string text) => text.Length <= 70 ? text : text[..70] + "…";

    [GeneratedRegex(@"^[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Label();

    [GeneratedRegex(@"^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?\z", RegexOptions.CultureInvariant)]
    private static partial Regex VersionLabel();
}
