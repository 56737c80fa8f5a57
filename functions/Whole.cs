using System.Text.Json;
using Orchestrator.Domain.Canaries;

namespace Orchestrator.Functions;

/// <summary>Reads what instances keep, where anybody with the system key may have started another instance under the id of ours.</summary>
internal static class Whole
{
    // As the runs read their inputs, but nothing that is needed may be missing.
    private static readonly JsonSerializerOptions Strict = new()
    {
        IncludeFields = true,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };

    /// <summary>An input, a custom status or an output; null when there is none, or it is not one of this type with all that belongs to it.</summary>
    public static T? Read<T>(string? json)
        where T : class
    {
        try
        {
            return json is null ? null : JsonSerializer.Deserialize<T>(json, Strict);
        }
        catch (Exception e) when (e is JsonException or NotSupportedException or FormatException or ArgumentException)
        {
            return null;
        }
    }

    /// <summary>A run's checkpoint; null when there is none, or it is none.</summary>
    public static CanaryCheckpoint? Unpack(byte[]? packed)
    {
        try
        {
            return packed is null ? null : CanaryCheckpoint.Unpack(packed);
        }
        catch (Exception e) when (e is InvalidDataException or JsonException)
        {
            return null;
        }
    }
}
