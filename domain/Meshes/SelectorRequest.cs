using Orchestrator.Domain.Requests;

namespace Orchestrator.Domain.Meshes;

/// <summary>Reads the member <c>discoverySelectors</c> of a request for a control plane.</summary>
internal static class SelectorRequest
{
    private const int MaxRequirements = 20;

    internal static LabelSelector Read(ObjectReader o)
    {
        LabelSelector selector = new()
        {
            MatchLabels = o.Map("matchLabels", MaxRequirements, Names.LabelKey, Names.LabelValue),
            MatchExpressions = o.Objects("matchExpressions", MaxRequirements, ReadRequirement),
        };
        if (!o.Has("matchLabels") && !o.Has("matchExpressions"))
        {
            o.Problem("", "required", "Expected matchLabels or matchExpressions; for every namespace, make 'discoverySelectors' an empty list.");
        }

        return selector;
    }

    private static LabelRequirement ReadRequirement(ObjectReader o)
    {
        var key = o.Text("key", Names.LabelKey);
        var comparison = o.Choice("operator", LabelOperator.In);
        var values = o.Texts("values", MaxRequirements, Names.LabelValue);
        var takesValues = comparison is LabelOperator.In or LabelOperator.NotIn;
        if (!o.Has("operator"))
        {
            o.Problem("operator", "required", "'operator' is required: In, NotIn, Exists or DoesNotExist.");
        }
        else if (takesValues != values.Count > 0)
        {
            o.Problem("values", takesValues ? "required" : "not-applicable", takesValues
                ? $"Operator {comparison} needs at least one value."
                : $"Operator {comparison} takes no values: leave them out.");
        }

        return new(key, comparison, values);
    }
}
