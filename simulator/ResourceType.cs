namespace Orchestrator.Simulator;

/// <summary>One kind of object the simulated cluster serves.</summary>
/// <param name="Group">API group; empty for the core group.</param>
/// <param name="Version">The version objects are stored in, and the preferred one.</param>
/// <param name="Kind">Kind, as in <c>kind:</c>.</param>
/// <param name="Plural">Plural, as in URLs.</param>
/// <param name="Singular">Singular, as kubectl accepts it.</param>
/// <param name="Namespaced">Whether objects live in a namespace.</param>
/// <param name="HasStatus">Whether <c>status</c> is a subresource: ignored by create and update, written through <c>/status</c> alone.</param>
/// <param name="HasGeneration">Whether <c>metadata.generation</c> is kept. So it is for some built-in kinds and all custom ones.</param>
/// <param name="Custom">Whether the kind is defined by a CustomResourceDefinition.</param>
/// <param name="HasScale">Whether <c>/scale</c> is served.</param>
public sealed record ResourceType(
    string Group, string Version, string Kind, string Plural, string Singular, bool Namespaced,
    bool HasStatus = false, bool HasGeneration = false, bool Custom = false, bool HasScale = false)
{
    /// <summary>Abbreviations kubectl accepts, e.g. <c>vs</c>.</summary>
    public string[] ShortNames { get; init; } = [];

    /// <summary>Categories kubectl accepts, e.g. <c>all</c>.</summary>
    public string[] Categories { get; init; } = [];

    /// <summary>Whether the kind is a question that is answered at once: it can be created and nothing else, and is not stored.</summary>
    public bool IsReview { get; init; }

    /// <summary>Versions served besides <see cref="Version"/>; they differ in <c>apiVersion</c> alone.</summary>
    public string[] AlsoServed { get; init; } = [];

    /// <summary><c>v1</c> or <c>group/version</c>, as in <c>apiVersion:</c>, of the stored version.</summary>
    public string ApiVersion => ApiVersionOf(Version);

    /// <summary><c>plural.group</c>, or the plural alone for the core group: the resource's full name.</summary>
    public string QualifiedName => Group.Length == 0 ? Plural : $"{Plural}.{Group}";

    /// <summary><c>apiVersion</c> of one of the served versions.</summary>
    public string ApiVersionOf(string version) => Group.Length == 0 ? version : $"{Group}/{version}";

    /// <summary>Two types are the same when they are the same entry of the table.</summary>
    public bool Equals(ResourceType? other) => ReferenceEquals(this, other);

    /// <inheritdoc/>
    public override int GetHashCode() => QualifiedName.GetHashCode(StringComparison.Ordinal);

    /// <inheritdoc/>
    public override string ToString() => QualifiedName;
}
