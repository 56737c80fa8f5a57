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

    /// <summary>A label's key: a name, optionally with a DNS subdomain and a slash in front.</summary>
    public static string? LabelKey(string key) =>
        key.Length <= 317 && LabelName().IsMatch(key) ? null : $"'{Cut(key)}' is not a label: use 1 to 63 letters, digits, '-', '_' and '.', optionally with a domain in front, as in example.com/team.";

    /// <summary>A label's value, which may be empty.</summary>
    public static string? LabelValue(string value) => value.Length == 0 ? null : Version(value) is null ? null
        : $"'{Cut(value)}' is not the value of a label: use at most 63 letters, digits, '-', '_' and '.', beginning and ending with a letter or digit.";

    private static string Cut(string text) => text.Length <= 70 ? text : text[..70] + "…";

    [GeneratedRegex(@"^[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Label();

    [GeneratedRegex(@"^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?\z", RegexOptions.CultureInvariant)]
    private static partial Regex VersionLabel();

    [GeneratedRegex(@"^(?:[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?/)?[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?\z", RegexOptions.CultureInvariant)]
    private static partial Regex LabelName();
}
