using System.Text.Json.Serialization;
using Orchestrator.Domain.Requests;

namespace Orchestrator.Domain.Calendars;

/// <summary>How long a candidate is to stay at a weight before it is given more, by what its steps declare.</summary>
/// <param name="Weight">The weight, in percent.</param>
/// <param name="Time">How long; zero where its steps declare nothing.</param>
public sealed record Stay(int Weight, [property: JsonConverter(typeof(DurationConverter))] TimeSpan Time);
