using System.Text.Json.Serialization;
using System.Text.RegularExpressions;

namespace Orchestrator.Domain.Traffic;

/// <summary>A request header with exactly this value, or with one that a regular expression matches.</summary>
/// <param name="Name">The header's name in lower case, as Istio matches it.</param>
/// <param name="Value">Its value; null where <see cref="Regex"/> says.</param>
public sealed record HeaderMatch(string Name, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Value = null)
{
    /// <summary>The regular expression (RE2) that its whole value matches.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Regex { get; init; }
}

/// <summary>A cookie with exactly this value.</summary>
/// <param name="Name">Its name; letters, digits, <c>-</c>, <c>_</c> and <c>.</c>.</param>
/// <param name="Value">Its value, of the same characters.</param>
public sealed record CookieMatch(string Name, string Value)
{
    /// <summary>The header that browsers send it in, among others.</summary>
    [JsonIgnore]
    public HeaderMatch Header => new("cookie") { Regex = $@"^(.*;\s*)?{Regex.Escape(Name)}={Regex.Escape(Value)}(;.*)?$" };
}
