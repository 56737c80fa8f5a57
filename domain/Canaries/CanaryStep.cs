using System.Text.Json;
using System.Text.Json.Serialization;
using Orchestrator.Domain.Requests;

namespace Orchestrator.Domain.Canaries;

/// <summary>One step of a canary; on the wire an object with one member, named by the step's kind.</summary>
[JsonConverter(typeof(CanaryStepConverter))]
public abstract record CanaryStep
{
    private protected CanaryStep()
    {
    }

    /// <summary>The step's name on the wire.</summary>
    public abstract string Kind();

    /// <summary>How long the step takes at least, by what it declares; what waits for people declares nothing.</summary>
    public virtual TimeSpan Least(AnalysisSpec analysis) => TimeSpan.Zero;
}

/// <summary>Routes the requests with the preview header to the candidate.</summary>
public sealed record PreviewStep : CanaryStep
{
    public override string Kind() => "preview";
}

/// <summary>Gives the candidate this share of all requests, in percent.</summary>
public sealed record SetWeightStep(int Weight) : CanaryStep
{
    public override string Kind() => "setWeight";
}

/// <summary>
/// Has the candidate get copies of this share of the requests, in percent, whose answers nobody sees, until a weight is set. It is judged by them.
/// What a request does it does twice: mirror only what may be repeated.
/// </summary>
public sealed record MirrorStep(int Percent) : CanaryStep
{
    public override string Kind() => "mirror";
}

/// <summary>
/// Sets how many pods the candidate has from here on, in one of three ways; without such a step it has as many as the stable version. Before it gets all
/// requests it has as many in any case.
/// </summary>
/// <param name="Replicas">So many.</param>
/// <param name="Percent">So many in a hundred of the stable version's, rounded up.</param>
/// <param name="MatchTrafficWeight">So many in a hundred as its share of the requests, rounded up, and one at least.</param>
public sealed record SetCanaryScaleStep(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? Replicas = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? Percent = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool MatchTrafficWeight = false) : CanaryStep
{
    public override string Kind() => "setCanaryScale";

    /// <summary>How many pods that is.</summary>
    /// <param name="stable">How many the stable version has.</param>
    /// <param name="weight">The candidate's share of the requests that it must be ready for, in percent.</param>
    public int Of(int stable, int weight) => weight == 100 ? stable
        : Replicas ?? Math.Max(1, (int)Math.Ceiling(stable * (Percent ?? weight) / 100.0));
}

/// <summary>
/// Judges the candidate for this long, or as often as <see cref="Count"/> says, and goes on only if the last samples were conclusive.
/// What the step does not say itself is as in the analysis of the whole run, which goes on meanwhile.
/// </summary>
/// <param name="Duration">How long; null: until every metric of the step was asked for often enough.</param>
public sealed record AnalyzeStep([property: JsonConverter(typeof(DurationConverter))] TimeSpan? Duration) : CanaryStep
{
    /// <summary>The metrics to judge by; they take the place of those of the same name. Null: those of the run.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<MetricSpec>? Metrics { get; init; }

    /// <summary>The time between two samples of a metric that does not say itself.</summary>
    [JsonConverter(typeof(DurationConverter))]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public TimeSpan? Interval { get; init; }

    /// <summary>How often a metric is asked for that does not say itself.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Count { get; init; }

    /// <summary>The metrics that are asked for by this step alone.</summary>
    public IReadOnlyList<MetricSpec> Own(AnalysisSpec analysis) => (Metrics, Interval, Count) is (null, null, null)
        ? []
        : [.. (Metrics ?? analysis.Metrics).Select(metric => metric with { Interval = metric.Interval ?? Interval, Count = metric.Count ?? Count })];

    public override TimeSpan Least(AnalysisSpec analysis) => Duration ?? Own(analysis)
        .Select(metric => (analysis.IntervalOf(metric) * (metric.Count ?? 0)) + (metric.InitialDelay ?? TimeSpan.Zero))
        .DefaultIfEmpty().Max();

    public override string Kind() => "analyze";
}

/// <summary>Waits this long; without a duration, until somebody resumes or promotes.</summary>
public sealed record PauseStep([property: JsonConverter(typeof(DurationConverter))] TimeSpan? Duration) : CanaryStep
{
    public override string Kind() => "pause";

    public override TimeSpan Least(AnalysisSpec analysis) => Duration ?? TimeSpan.Zero;
}

/// <summary>What a timeout decides in a person's place.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<TimeoutVerdict>))]
public enum TimeoutVerdict
{
    [JsonStringEnumMemberName("rollback")] Rollback,
    [JsonStringEnumMemberName("approve")] Approve,
}

/// <summary>Waits for people's verdict.</summary>
/// <param name="Timeout">How long.</param>
/// <param name="OnTimeout">What then counts as their verdict.</param>
/// <param name="MinApprovals">How many must approve, each counted once; one who rejects decides alone.</param>
public sealed record ApproveStep(
    [property: JsonConverter(typeof(DurationConverter))] TimeSpan Timeout, TimeoutVerdict OnTimeout, int MinApprovals = 1) : CanaryStep
{
    public override string Kind() => "approve";
}

/// <summary>Writes a step as the contract has it (<c>{"setWeight": 10}</c>), which no type discriminator can, and reads it back.</summary>
internal sealed class CanaryStepConverter : JsonConverter<CanaryStep>
{
    public override void Write(Utf8JsonWriter writer, CanaryStep value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        writer.WritePropertyName(value.Kind());
        object content = value is SetWeightStep step ? step.Weight : value;
        JsonSerializer.Serialize(writer, content, content.GetType(), options);
        writer.WriteEndObject();
    }

    public override CanaryStep Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using var document = JsonDocument.ParseValue(ref reader);
        var member = document.RootElement.EnumerateObject().Single();
        return member.Name switch
        {
            "preview" => new PreviewStep(),
            "setWeight" => new SetWeightStep(member.Value.GetInt32()),
            "analyze" => member.Value.Deserialize<AnalyzeStep>(options)!,
            "pause" => member.Value.Deserialize<PauseStep>(options)!,
            "mirror" => member.Value.Deserialize<MirrorStep>(options)!,
            "setCanaryScale" => member.Value.Deserialize<SetCanaryScaleStep>(options)!,
            "approve" => member.Value.Deserialize<ApproveStep>(options)!,
            _ => throw new JsonException($"'{member.Name}' is no step of a canary."),
        };
    }
}
