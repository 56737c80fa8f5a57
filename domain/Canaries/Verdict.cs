using System.Text.Json.Serialization;

namespace Orchestrator.Domain.Canaries;

/// <summary>What one sample says about a candidate.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Verdict>))]
public enum Verdict
{
    /// <summary>There was not enough traffic, or no value, to say anything.</summary>
    Inconclusive,
    Passed,
    Failed,
}
