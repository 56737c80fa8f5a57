namespace Orchestrator.Simulator.DataPlane;

/// <summary>Istio's header operations, in Envoy's order: add and set, then remove.</summary>
public sealed record HeaderOperations
{
    /// <summary>Overwrites, or adds.</summary>
    public Dictionary<string, string> Set { get; init; } = [];

    /// <summary>Appends to what is there, separated by a comma.</summary>
    public Dictionary<string, string> Add { get; init; } = [];

    public string[] Remove { get; init; } = [];

    /// <summary>The headers after the operations of each rule that is not null, in the order given.</summary>
    public static IReadOnlyDictionary<string, string> Apply(IReadOnlyDictionary<string, string> headers, params ReadOnlySpan<HeaderOperations?> rules)
    {
        Dictionary<string, string>? changed = null;
        foreach (var rule in rules)
        {
            if (rule is null) continue;
            changed ??= new(headers, StringComparer.OrdinalIgnoreCase);
            foreach (var (name, value) in rule.Add)
                changed[name] = changed.TryGetValue(name, out var present) ? $"{present},{value}" : value;
            foreach (var (name, value) in rule.Set) changed[name] = value;
            foreach (var name in rule.Remove) changed.Remove(name);
        }

        return changed ?? headers;
    }
}
