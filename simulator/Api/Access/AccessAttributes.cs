namespace Orchestrator.Simulator.Api.Access;

/// <summary>What somebody wants to do.</summary>
/// <param name="Verb">The verb, e.g. <c>patch</c>.</param>
/// <param name="Group">The API group.</param>
/// <param name="Resource">The plural, with its subresource after a slash.</param>
/// <param name="Namespace">The namespace; null for the whole cluster.</param>
/// <param name="Name">The object; null for none in particular.</param>
/// <param name="Path">Instead of all these but the verb: a path that is no resource's.</param>
internal sealed record AccessAttributes(string Verb, string Group, string Resource, string? Namespace, string? Name, string? Path = null)
{
    public static AccessAttributes Of(ResourceRequest request) => new(
        request.Verb, request.Type.Group, request.Subresource is null ? request.Type.Plural : $"{request.Type.Plural}/{request.Subresource}",
        // A namespace itself is in itself, as the real server reads its path.
        request.Type == ResourceTypes.Namespace ? request.Name : request.Namespace, request.Name);

    public static AccessAttributes OfPath(string method, string path) => new(method.ToLowerInvariant(), "", "", null, null, path);

    /// <summary>The refusal in the words of the real server.</summary>
    public KubeException Refuse(User user)
    {
        if (Path is not null) return new(403, "Forbidden", $"forbidden: User \"{user.Name}\" cannot {Verb} path \"{Path}\"");
        var plural = Resource.Split('/')[0];
        var place = Namespace is null ? "at the cluster scope" : $"in the namespace \"{Namespace}\"";
        var subject = $"{plural}{(Group.Length > 0 ? $".{Group}" : "")}{(Name is null ? "" : $" \"{Name}\"")}";
        var wish = $"cannot {Verb} resource \"{Resource}\" in API group \"{Group}\" {place}";
        return new(403, "Forbidden", $"{subject} is forbidden: User \"{user.Name}\" {wish}")
        {
            Type = ResourceTypes.All.FirstOrDefault(type => type.Group == Group && type.Plural == plural),
            Name = Name,
        };
    }
}
