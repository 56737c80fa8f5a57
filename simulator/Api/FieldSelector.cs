using System.Text.Json.Nodes;

namespace Orchestrator.Simulator.Api;

/// <summary>A field selector: <c>metadata.name=web,status.phase!=Running</c>.</summary>
internal sealed class FieldSelector
{
    /// <summary>Fields selectable besides name and namespace, as in the real API server's conversion functions.</summary>
    private static readonly Dictionary<ResourceType, string[]> Selectable = new()
    {
        [ResourceTypes.Pod] =
            ["spec.nodeName", "spec.restartPolicy", "spec.schedulerName", "spec.serviceAccountName", "status.phase", "status.podIP"],
        [ResourceTypes.Event] =
        [
            "involvedObject.kind", "involvedObject.namespace", "involvedObject.name", "involvedObject.uid", "involvedObject.apiVersion",
            "involvedObject.fieldPath", "reason", "reportingComponent", "source", "type",
        ],
        [ResourceTypes.Namespace] = ["status.phase"],
        [ResourceTypes.Node] = ["spec.unschedulable"],
        [ResourceTypes.Secret] = ["type"],
        [ResourceTypes.ReplicaSet] = ["status.replicas"],
    };

    private readonly IReadOnlyList<(string[] Path, string Value, bool Equal)> terms;

    private FieldSelector(IReadOnlyList<(string[], string, bool)> terms) => this.terms = terms;

    /// <summary>Reads the <c>fieldSelector</c> query parameter.</summary>
    /// <exception cref="KubeException">400 when it cannot be read or names a field that cannot be selected by.</exception>
    public static FieldSelector Parse(string? text, ResourceType type) =>
        new([.. (text ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries).Select(term => ParseTerm(term, type))]);

    /// <summary>The only object that can match, by its name; null when several can.</summary>
    public string? Name => terms.FirstOrDefault(term => term.Equal && term.Path is ["metadata", "name"]).Value;

    public bool Matches(JsonObject obj) => terms.All(term => ((obj.At(term.Path) switch
    {
        null => "",
        JsonValue value when value.AsText() is { } text => text,
        var other => other.ToJsonString(),
    }) == term.Value) == term.Equal);

    private static (string[] Path, string Value, bool Equal) ParseTerm(string term, ResourceType type)
    {
        foreach (var (sign, equal) in new[] { ("!=", false), ("==", true), ("=", true) })
        {
            if (term.IndexOf(sign, StringComparison.Ordinal) is not (> 0 and var at)) continue;
            var field = term[..at].Trim();
            if (field is not ("metadata.name" or "metadata.namespace") && !Selectable.GetValueOrDefault(type, []).Contains(field))
                throw KubeException.BadRequest($"Unable to find \"{type.ApiVersion}, Resource={type.Plural}\" that match field selector \"{term}\": "
                    + $"field label not supported: {field}");
            return (field.Split('.'), term[(at + sign.Length)..].Trim(), equal);
        }
        throw KubeException.BadRequest($"invalid field selector \"{term}\": it is field=value or field!=value");
    }
}
