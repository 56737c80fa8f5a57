using System.IO.Compression;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Orchestrator.Domain.Canaries;

/// <summary>How far a run has come, as far as that decides what it does first when it goes on.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<CanaryStage>))]
public enum CanaryStage
{
    /// <summary>The candidate's pods and subset are not all there yet.</summary>
    Preparing,

    /// <summary>The steps, and what stands before the promotion.</summary>
    Ramping,

    /// <summary>The candidate has all requests.</summary>
    Promoting,

    /// <summary>The candidate is promoted, and the old version kept for a while.</summary>
    Kept,
}

/// <summary>
/// All that a run knows when it goes on with a new history: the next needs nothing of the one before, and does again what its stage begins with, all of which
/// ensures a state.
/// </summary>
/// <param name="Baseline">What stood before the run.</param>
/// <param name="Stage">How far it has come.</param>
/// <param name="Progress">Where it stands.</param>
/// <param name="Errors">What went wrong so far, apart from what decides the end.</param>
/// <param name="Watch">What it saw last of what others may write; null where it does not look.</param>
/// <param name="Proof">What the gateway pods have shown; null where they are not asked.</param>
/// <param name="Gates">How far it has come through the gates before it.</param>
public sealed record CanaryCheckpoint(
    CanaryBaseline Baseline,
    CanaryStage Stage,
    CanaryProgress Progress,
    IReadOnlyList<string> Errors,
    WatchState? Watch,
    ProofState? Proof,
    GatesPassed? Gates)
{
    private static readonly JsonSerializerOptions Json = new()
    {
        IgnoreReadOnlyProperties = true,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    /// <summary>
    /// As JSON that is compressed by gzip: the samples of days repeat their queries, and whoever lists runs reads their inputs.
    /// </summary>
    public byte[] Pack()
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal))
        {
            JsonSerializer.Serialize(gzip, this, Json);
        }

        return packed.ToArray();
    }

    /// <summary>What was packed.</summary>
    public static CanaryCheckpoint Unpack(byte[] packed)
    {
        using var gzip = new GZipStream(new MemoryStream(packed), CompressionMode.Decompress);
        return JsonSerializer.Deserialize<CanaryCheckpoint>(gzip, Json)!;
    }
}
