using System.Text.Json.Nodes;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Domain.Canaries;
using Orchestrator.Domain.Traffic;

namespace Orchestrator.Cluster.Istio;

/// <summary>
/// A rule that a run steers, and what others have changed of it: pure. What the run steers is told from the rest by the run's own edit: whatever that
/// would change of the rule found was somebody else's doing to the run's part.
/// </summary>
/// <param name="Type">Its kind.</param>
/// <param name="Namespace">Its namespace.</param>
/// <param name="Name">Its name.</param>
/// <param name="Before">What it was before the run.</param>
/// <param name="Edit">Makes a rule say what the run wants of it; what it says already needs no edit.</param>
public sealed record SteeredRule(ResourceType Type, string Namespace, string Name, RuleSnapshot Before, Func<JsonObject, JsonObject> Edit)
{
    private const int LongestValue = 300;

    /// <summary>The rule as the run left it.</summary>
    public JsonObject Left => Edit(Original);

    private JsonObject Original => new()
    {
        ["apiVersion"] = Type.ApiVersion,
        ["kind"] = Type.Kind,
        ["metadata"] = Before.Labels is { } labels
            ? new JsonObject { ["name"] = Name, ["namespace"] = Namespace, ["labels"] = labels.DeepClone() }
            : new JsonObject { ["name"] = Name, ["namespace"] = Namespace },
        ["spec"] = Before.Spec.DeepClone(),
    };

    /// <summary>What others have changed, and what becomes of it.</summary>
    /// <param name="found">The rule as it stands; null when it is gone.</param>
    /// <param name="policy">What becomes of it.</param>
    public IReadOnlyList<ForeignChange> Changes(JsonObject? found, ForeignChangePolicy policy)
    {
        if (found is null)
        {
            return [new(KubernetesObject.Title(Type.Kind, Namespace, Name), "", null, "", null, Answer(policy, isSteered: true, isAdded: false))];
        }

        var (steered, rest) = Differences(found);
        var writer = LastWriter(found);
        return
        [
            .. from difference in writer == Resources.FieldManager ? [] : steered select Change(difference, isSteered: true),
            .. from difference in rest select Change(difference, isSteered: false),
        ];

        ForeignChange Change(RuleComparison.Difference difference, bool isSteered) => new(
            found.Title, difference.Field, writer, Text(difference.Left), Text(difference.Found), Answer(policy, isSteered, isAdded: difference.Left is null));
    }

    /// <summary>
    /// The rule found as the run left it: what was changed or removed is put back, and what others added stays, unless the run could not go on with it.
    /// </summary>
    public JsonObject Repaired(JsonObject found)
    {
        try
        {
            return Edit(RuleComparison.PutBack(Left, Edited(found) ?? found));
        }
        catch (TrafficException)
        {
            var replaced = RuleComparison.PutBack(Left, found);
            replaced["spec"] = Left["spec"]!.DeepClone();
            return replaced;
        }
    }

    /// <summary>What becomes of a change.</summary>
    /// <param name="policy">The run's policy.</param>
    /// <param name="isSteered">Whether it is of the run's own part.</param>
    /// <param name="isAdded">Whether it is an addition.</param>
    public static ForeignChangeAnswer Answer(ForeignChangePolicy policy, bool isSteered, bool isAdded) => policy switch
    {
        ForeignChangePolicy.Abort => ForeignChangeAnswer.Aborted,
        ForeignChangePolicy.Respect => isSteered ? ForeignChangeAnswer.Held : ForeignChangeAnswer.Kept,
        _ => isAdded && !isSteered ? ForeignChangeAnswer.Kept : ForeignChangeAnswer.Repaired,
    };

    /// <summary>The rule found without the run's part, and as others have made it; where they are in the way of that, as it was left.</summary>
    public JsonObject Released(JsonObject found) => Edited(found) ?? Repaired(found);

    /// <summary>What differs of the run's own part, and of the rest; of a rule that the run's edit is not possible on, all is the run's concern.</summary>
    private (IReadOnlyList<RuleComparison.Difference> Steered, IReadOnlyList<RuleComparison.Difference> Others) Differences(JsonObject found) =>
        Edited(found) is { } edited
            ? (RuleComparison.Between(edited, found), RuleComparison.Between(Left, edited))
            : (RuleComparison.Between(Left, found), []);

    private JsonObject? Edited(JsonObject found)
    {
        try
        {
            return Edit(found);
        }
        catch (TrafficException)
        {
            return null;
        }
    }

    /// <summary>The field manager of the newest write; of several in its second, one that is not ours.</summary>
    private static string? LastWriter(JsonObject found) => found.Items("metadata", "managedFields")
        .Where(entry => entry.Text("subresource") is null or "")
        .OrderByDescending(entry => entry.Text("time"), StringComparer.Ordinal)
        .ThenBy(entry => entry.Text("manager") == Resources.FieldManager)
        .FirstOrDefault().Text("manager");

    private static string? Text(JsonNode? value) => value?.ToJsonString() is { } text ? Excerpt.Of(text, LongestValue) : null;
}
