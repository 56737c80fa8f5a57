using System.Text.Json.Serialization;

namespace Orchestrator.Domain.Meshes;

/// <summary>How a label is compared.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<LabelOperator>))]
public enum LabelOperator { In, NotIn, Exists, DoesNotExist }

/// <summary>What a selector asks of one label.</summary>
/// <param name="Key">The label.</param>
/// <param name="Operator">How it is compared.</param>
/// <param name="Values">With what; empty for <c>Exists</c> and <c>DoesNotExist</c>.</param>
public sealed record LabelRequirement(string Key, LabelOperator Operator, IReadOnlyList<string> Values);

/// <summary>A label selector of Kubernetes: all that it asks must hold; one that asks nothing selects everything.</summary>
public sealed record LabelSelector
{
    /// <summary>Labels and the values they must have.</summary>
    public IReadOnlyDictionary<string, string> MatchLabels { get; init; } = new Dictionary<string, string>();

    public IReadOnlyList<LabelRequirement> MatchExpressions { get; init; } = [];

    /// <summary>Whether an object with these labels is selected.</summary>
    public bool Matches(IReadOnlyDictionary<string, string> labels) =>
        MatchLabels.All(wanted => labels.TryGetValue(wanted.Key, out var value) && value == wanted.Value)
        && MatchExpressions.All(wanted => Holds(wanted, labels.TryGetValue(wanted.Key, out var value) ? value : null));

    private static bool Holds(LabelRequirement wanted, string? value) => wanted.Operator switch
    {
        LabelOperator.In => value is not null && wanted.Values.Contains(value),
        LabelOperator.NotIn => value is null || !wanted.Values.Contains(value),
        LabelOperator.Exists => value is not null,
        _ => value is null,
    };
}
