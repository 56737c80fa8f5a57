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
    public IReadOnlyList<ForeignChange> Changes(JsonObject? found, ForeignChangePolicy policy) =>
        Changes(found, (isSteered, isAdded) => Answer(policy, isSteered, isAdded));

    /// <summary>What others have changed when the run takes its part away, which is of no consequence to it any more.</summary>
    /// <inheritdoc cref="Changes(JsonObject?, ForeignChangePolicy)"/>
    public IReadOnlyList<ForeignChange> ChangesAtEnd(JsonObject? found, ForeignChangePolicy policy) => Changes(found, (isSteered, isAdded) =>
        policy == ForeignChangePolicy.Repair ? Answer(policy, isSteered, isAdded)
        : isSteered && found is not null ? ForeignChangeAnswer.Repaired
        : ForeignChangeAnswer.Kept);

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

    private IReadOnlyList<ForeignChange> Changes(JsonObject? found, Func<bool, bool, ForeignChangeAnswer> answer)
    {
        if (found is null)
        {
            return [new(KubernetesObject.Title(Type.Kind, Namespace, Name), "", null, "", null, answer(true, false))];
        }

        var (steered, rest) = Differences(found);
        var writers = Writers(found);
        var other = LastOther(found);
        return
        [
            .. from difference in writers is [Resources.FieldManager, ..] ? [] : steered select Change(difference, isSteered: true),
            .. from difference in rest select Change(difference, isSteered: false),
        ];

        ForeignChange Change(RuleComparison.Difference difference, bool isSteered) => new(
            found.Title, difference.Field, other, Text(difference.Left), Text(difference.Found), answer(isSteered, difference.Left is null));
    }

    /// <summary>Who wrote an object last, apart from the orchestrator; null when it does not tell.</summary>
    internal static string? LastOther(JsonObject found) => Writers(found).FirstOrDefault(writer => writer != Resources.FieldManager);

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

    /// <summary>The field managers, newest write first; of several in the same second, others before the orchestrator.</summary>
    private static IReadOnlyList<string?> Writers(JsonObject found) =>
    [
        .. from entry in found.Items("metadata", "managedFields")
           where entry.Text("subresource") is null or ""
           let manager = entry.Text("manager")
           orderby entry.Text("time") descending, manager == Resources.FieldManager
           select manager,
    ];

    private static string? Text(JsonNode? value) => value?.ToJsonString() is { } text ? Excerpt.Of(text, LongestValue) : null;
}
