using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Orchestrator.Durable.Engine.History;

/// <summary>Turns events into stored bytes and back, and computes the checksum that stands beside them.</summary>
internal static class HistoryCodec
{
    private static readonly HistoryJson Json = new(Options(indented: false));
    private static readonly HistoryJson Indented = new(Options(indented: true));

    public static byte[] Encode(HistoryEvent @event) => JsonSerializer.SerializeToUtf8Bytes(@event, Json.HistoryEvent);

    public static HistoryEvent Decode(ReadOnlySpan<byte> data) =>
        JsonSerializer.Deserialize(data, Json.HistoryEvent) ?? throw new JsonException("An event is null.");

    public static string EncodeTags(IReadOnlyDictionary<string, string> tags) => JsonSerializer.Serialize(tags, Json.IReadOnlyDictionaryStringString);

    public static IReadOnlyDictionary<string, string> DecodeTags(string tags) =>
        JsonSerializer.Deserialize(tags, Json.IReadOnlyDictionaryStringString) ?? throw new JsonException("The tags are null.");

    public static string EncodeFailure(Failure failure) => JsonSerializer.Serialize(failure, Json.Failure);

    public static Failure DecodeFailure(string failure) =>
        JsonSerializer.Deserialize(failure, Json.Failure) ?? throw new JsonException("The failure is null.");

    public static string EncodeFile(HistoryFile file) => JsonSerializer.Serialize(file, Indented.HistoryFile);

    public static HistoryFile DecodeFile(string json) =>
        JsonSerializer.Deserialize(json, Indented.HistoryFile) ?? throw new JsonException("The history is null.");

    /// <summary>The CRC-32 of a row: of its place as well as of its content, so that a row in the wrong place is found too.</summary>
    public static uint Checksum(long owner, long position, ReadOnlySpan<byte> data)
    {
        Span<byte> place = stackalloc byte[16];
        BinaryPrimitives.WriteInt64LittleEndian(place, owner);
        BinaryPrimitives.WriteInt64LittleEndian(place[8..], position);
        var crc = new Crc32();
        crc.Append(place);
        crc.Append(data);
        return crc.GetCurrentHashAsUInt32();
    }

    private static JsonSerializerOptions Options(bool indented) => new()
    {
        // Payloads are JSON inside a JSON string: the default encoder would escape every quote as six characters.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        AllowOutOfOrderMetadataProperties = true,
        WriteIndented = indented,
    };
}

[JsonSerializable(typeof(HistoryEvent))]
[JsonSerializable(typeof(HistoryFile))]
[JsonSerializable(typeof(Failure))]
[JsonSerializable(typeof(IReadOnlyDictionary<string, string>))]
internal sealed partial class HistoryJson : JsonSerializerContext;
