using System.Text.Json.Serialization;

namespace Orchestrator.Domain.Canaries;

/// <summary>Whether the proxies of a tenant's gateway obey what was written last.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<PropagationState>))]
public enum PropagationState
{
    /// <summary>Some do not yet, or were not asked yet.</summary>
    Pending,

    /// <summary>Every one has shown that it does.</summary>
    Proven,

    /// <summary>They cannot be asked: a settling time is all there is.</summary>
    Unproven,
}

/// <summary>How far what was written last has come.</summary>
/// <param name="State">Whether it is obeyed.</param>
/// <param name="What">Who lacks it, or why nobody can be asked; null when it is proven.</param>
public sealed record Propagation(
    PropagationState State, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? What = null)
{
    /// <summary>How long pods are waited for of which none has ever shown that it knows a route of the run: something else may take what they are asked.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    /// <summary>How long pods are waited for that do not answer, such as behind a network policy.</summary>
    public static readonly TimeSpan Reach = TimeSpan.FromSeconds(15);

    /// <summary>What follows from a look at all gateway pods.</summary>
    /// <param name="sight">What was seen.</param>
    /// <param name="isEstablished">Whether some pod has shown before that the run can ask like this.</param>
    /// <param name="waited">How long it has been waited for since the write.</param>
    public static Propagation Of(PropagationSight sight, bool isEstablished, TimeSpan waited) => sight switch
    {
        { IsProof: true } => new(PropagationState.Proven),
        { IsHopeless: true } => new(PropagationState.Unproven, sight.Unasked),
        { Missing: { } missing } when isEstablished || sight.IsKnown || waited < Patience => new(PropagationState.Pending, $"the gateway to learn its routes: {missing}"),
        { Missing: { } missing } => new(PropagationState.Unproven, $"no gateway pod shows that it knows the routes of this run: {missing}"),
        { Unasked: { } unasked } when waited >= Reach => new(PropagationState.Unproven, unasked),
        _ => new(PropagationState.Pending, $"proof that the gateway has learned its routes: {sight.Unasked ?? "once more"}"),
    };
}

/// <summary>What the gateway pods showed when they were asked.</summary>
/// <param name="IsProof">Whether every pod, of at least one, obeys, several times in a row.</param>
/// <param name="IsKnown">Whether any pod answered by a route of the run.</param>
/// <param name="Missing">The pods that do not obey yet, in words; null for none.</param>
/// <param name="Unasked">Why some pods could not be asked, in words; null when all could.</param>
/// <param name="IsHopeless">Whether there is no use in asking again.</param>
public sealed record PropagationSight(bool IsProof, bool IsKnown, string? Missing, string? Unasked, bool IsHopeless = false);
