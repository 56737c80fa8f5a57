using System.Text.Json.Serialization;

namespace Orchestrator.Domain.Traffic;

/// <summary>What became of a change that somebody else made.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ForeignChangeAnswer>))]
public enum ForeignChangeAnswer
{
    /// <summary>It stays, and stays after the run.</summary>
    Kept,

    /// <summary>It was put back.</summary>
    Repaired,

    /// <summary>It stays, and the run, which it concerns, stands still until somebody resumes it.</summary>
    Held,

    /// <summary>It stays, and ends the run.</summary>
    Aborted,
}

/// <summary>A field of the objects that a run steers, which somebody else changed while it ran.</summary>
/// <param name="Object">The object, e.g. <c>VirtualService foo/hello</c>.</param>
/// <param name="Field">The field, e.g. <c>spec.http[name=default].timeout</c>; empty for the object itself.</param>
/// <param name="By">The field manager who wrote the object last, apart from the orchestrator; null when the object does not tell.</param>
/// <param name="Was">What the run had left there, as JSON; null for nothing.</param>
/// <param name="Is">What was found, as JSON; null for nothing.</param>
/// <param name="Answer">What became of it.</param>
public sealed record ForeignChange(string Object, string Field, string? By, string? Was, string? Is, ForeignChangeAnswer Answer)
{
    /// <summary>When it was found, UTC.</summary>
    public DateTime At { get; init; }

    /// <summary>Whether it is of what a version's pods are made of.</summary>
    [JsonIgnore]
    public bool IsOfPods => Object.StartsWith("Deployment ", StringComparison.Ordinal);

    /// <summary>The change in a sentence.</summary>
    public override string ToString() =>
        $"{By ?? "somebody"} {(Is is null ? "removed" : Was is null ? "added" : "changed")} {(Field.Length == 0 ? Object : $"{Field} of {Object}")}";

    /// <summary>Whether this is the change that another one is, wherever and whenever each was found.</summary>
    public bool IsSame(ForeignChange other) => (Object, Field, By, Is) == (other.Object, other.Field, other.By, other.Is);
}

/// <summary>A look at the objects that a run steers.</summary>
/// <param name="Mark">In which versions they were seen; another one tells that something was written since.</param>
/// <param name="Changes">What others have changed.</param>
public sealed record TrafficCheck(string Mark, IReadOnlyList<ForeignChange> Changes);
