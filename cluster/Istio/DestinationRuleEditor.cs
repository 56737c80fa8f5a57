using System.Text.Json.Nodes;
using Orchestrator.Cluster.Kubernetes;

namespace Orchestrator.Cluster.Istio;

/// <summary>Edits the subsets of a DestinationRule: pure, and with every other field and subset left as it is, in order.</summary>
public static class DestinationRuleEditor
{
    private const string VersionLabel = "version";

    /// <summary>The resource with a subset for the candidate beside the stable one's, and like it but for the version.</summary>
    /// <exception cref="TrafficException">The stable subset is missing or selects by no version, or the candidate's name is taken.</exception>
    public static JsonObject WithCandidate(JsonObject destinationRule, string stable, string candidate)
    {
        var name = $"{destinationRule.Namespace}/{destinationRule.Name}";
        var edited = destinationRule.DeepClone().AsObject();
        if (edited["spec"]?["subsets"] is not JsonArray subsets || Find(subsets, stable) is not { } like)
        {
            throw new TrafficException($"DestinationRule {name} has no subset '{stable}', which the route names: add it, with label {VersionLabel}.");
        }

        if (like.Text("labels", VersionLabel) is null)
        {
            throw new TrafficException($"DestinationRule {name}: subset '{stable}' selects pods by no label '{VersionLabel}'. Add it to the subset and to the pods.");
        }

        if (Find(subsets, candidate) is { } existing)
        {
            return existing.Text("labels", VersionLabel) == candidate
                ? edited
                : throw new TrafficException(
                    $"DestinationRule {name} has a subset '{candidate}' that selects other pods than {VersionLabel}={candidate}: rename or remove it.");
        }

        var subset = like.DeepClone().AsObject();
        subset["name"] = candidate;
        subset["labels"]![VersionLabel] = candidate;
        subsets.Insert(subsets.IndexOf(like) + 1, subset);
        return edited;
    }

    /// <summary>The resource without a subset.</summary>
    public static JsonObject Without(JsonObject destinationRule, string subset)
    {
        var edited = destinationRule.DeepClone().AsObject();
        if (edited["spec"]?["subsets"] is JsonArray subsets && Find(subsets, subset) is { } found)
        {
            subsets.Remove(found);
        }

        return edited;
    }

    /// <summary>Whether the resource has a subset of this name.</summary>
    public static bool Has(JsonObject destinationRule, string subset) =>
        destinationRule.Items("spec", "subsets").Any(item => item.Text("name") == subset);

    private static JsonObject? Find(JsonArray subsets, string name) =>
        subsets.OfType<JsonObject>().FirstOrDefault(subset => subset.Text("name") == name);
}
