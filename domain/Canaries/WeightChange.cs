using System.Text.Json.Serialization;

namespace Orchestrator.Domain.Canaries;

/// <summary>How the traffic was divided from a moment on.</summary>
/// <param name="At">When that was read back, UTC.</param>
/// <param name="Step">The step that the run stood at, counted from 1; null before the first.</param>
/// <param name="Weight">The candidate's share, in percent.</param>
/// <param name="Preview">Whether the preview reached it.</param>
/// <param name="Mirror">The share of the requests that it got copies of, in percent.</param>
public sealed record WeightChange(
    DateTime At, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? Step, int Weight, bool Preview, int Mirror);
