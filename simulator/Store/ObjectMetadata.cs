using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Orchestrator.Simulator.Store;

/// <summary>The rules of <c>metadata</c> that hold for every kind.</summary>
internal static partial class ObjectMetadata
{
    private static readonly ResourceType[] NamedByPath =
        [ResourceTypes.Role, ResourceTypes.RoleBinding, ResourceTypes.ClusterRole, ResourceTypes.ClusterRoleBinding];
    private static readonly ResourceType[] NamedByLabel = [ResourceTypes.Namespace, ResourceTypes.Service];

    /// <summary>Members a client cannot set when it creates an object.</summary>
    public static readonly string[] OwnedByServer =
        ["uid", "resourceVersion", "generation", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds", "selfLink"];

    /// <summary>Refuses what no kind allows: bad names, labels and annotations.</summary>
    public static void Validate(ResourceType type, JsonObject obj)
    {
        var causes = new List<KubeCause>();
        var name = obj.Name;
        if (name.Length == 0) causes.Add(new("FieldValueRequired", "Required value: name or generateName is required", "metadata.name"));
        else if (NameProblem(type, name) is { } problem)
            causes.Add(new("FieldValueInvalid", $"Invalid value: \"{name}\": {problem}", "metadata.name"));
        if (type.Namespaced && string.IsNullOrEmpty(obj.Namespace))
            causes.Add(new("FieldValueRequired", "Required value", "metadata.namespace"));
        foreach (var (key, value) in obj.Labels ?? [])
        {
            if (!QualifiedName().IsMatch(key))
                causes.Add(new("FieldValueInvalid", $"Invalid value: \"{key}\": name part must consist of alphanumeric characters, '-', '_' or '.', "
                    + "and must start and end with an alphanumeric character", "metadata.labels"));
            if (value.AsText() is not { } text || !LabelValue().IsMatch(text))
                causes.Add(new("FieldValueInvalid",
                    $"Invalid value: {value?.ToJsonString() ?? "null"}: a valid label must be an empty string or consist of at most 63 "
                    + "alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character", "metadata.labels"));
        }
        foreach (var (key, value) in obj.At("metadata", "annotations") as JsonObject ?? [])
        {
            if (!QualifiedName().IsMatch(key))
                causes.Add(new("FieldValueInvalid", $"Invalid value: \"{key}\": name part must consist of alphanumeric characters, '-', '_' or '.', "
                    + "and must start and end with an alphanumeric character", "metadata.annotations"));
            if (value.AsText() is null)
                causes.Add(new("FieldValueInvalid",
                    $"Invalid value: {value?.ToJsonString() ?? "null"}: must be a string", $"metadata.annotations[{key}]"));
        }
        if (causes.Count > 0) throw KubeException.Invalid(type, name, causes);
    }

    /// <summary>Gives an update the members that only the server sets.</summary>
    public static void CarryOver(JsonObject old, JsonObject updated)
    {
        foreach (var member in OwnedByServer)
        {
            updated.Metadata.Remove(member);
            if (old.Metadata[member] is { } value) updated.Metadata[member] = value.DeepClone();
        }
    }

    private static string? NameProblem(ResourceType type, string name)
    {
        if (NamedByPath.Contains(type))
            return name is "." or ".." || name.AsSpan().IndexOfAny('/', '%') >= 0 ? "may not be '.' or '..' nor contain '/' or '%'" : null;
        if (NamedByLabel.Contains(type))
            return DnsLabel().IsMatch(name) ? null
                : "a lowercase RFC 1123 label must consist of at most 63 lower case alphanumeric characters or '-', "
                  + "and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc')";
        return name.Length <= 253 && DnsSubdomain().IsMatch(name) ? null
            : "a lowercase RFC 1123 subdomain must consist of at most 253 lower case alphanumeric characters, '-' or '.', "
              + "and must start and end with an alphanumeric character (e.g. 'example.com')";
    }

    [GeneratedRegex(@"^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?\z")]
    private static partial Regex DnsLabel();

    [GeneratedRegex(@"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\z")]
    private static partial Regex DnsSubdomain();

    [GeneratedRegex(@"^([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?\z")]
    private static partial Regex QualifiedName();

    [GeneratedRegex(@"^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?\z")]
    private static partial Regex LabelValue();
}
