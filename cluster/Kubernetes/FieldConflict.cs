using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Orchestrator.Cluster.Kubernetes;

/// <summary>A field that a server-side apply may not set, because somebody else did.</summary>
/// <param name="Manager">The field manager that owns it.</param>
/// <param name="Field">Where, as the API server writes it, e.g. <c>.spec.replicas</c>.</param>
public sealed partial record FieldConflict(string Manager, string Field)
{
    /// <summary>The conflicts that a <c>Status</c> gives as causes; none when it is about something else.</summary>
    internal static IReadOnlyList<FieldConflict> Of(JsonObject? status) =>
    [
        .. status.Items("details", "causes")
            .Where(cause => cause.Text("reason") == "FieldManagerConflict")
            .Select(cause => new FieldConflict(Owner(cause.Text("message") ?? ""), cause.Text("field") ?? "")),
    ];

    /// <summary>Who owns what, for people: <c>alice owns .data.a, .data.b; bob owns .data.c</c>.</summary>
    internal static string Say(IEnumerable<FieldConflict> conflicts) => string.Join("; ", conflicts
        .GroupBy(conflict => conflict.Manager, conflict => conflict.Field)
        .Select(owner => $"{owner.Key} owns {string.Join(", ", owner)}"));

    /// <summary>The message is <c>conflict with "alice" using v1</c>, where the name may stand without quotes.</summary>
    private static string Owner(string message) => Named().Match(message) is { Success: true } match ? match.Groups["owner"].Value : message;

    [GeneratedRegex("conflict with (\"(?<owner>[^\"]*)\"|(?<owner>\\S+))")]
    private static partial Regex Named();
}
