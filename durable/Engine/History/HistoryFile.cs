namespace Orchestrator.Durable.Engine.History;

/// <summary>The history of one instance as text: kept in files, so that later code can be checked against it.</summary>
/// <param name="InstanceId">The instance.</param>
/// <param name="Events">Its events in order.</param>
public sealed record HistoryFile(string InstanceId, IReadOnlyList<HistoryEvent> Events)
{
    /// <summary>Reads what <see cref="ToJson"/> wrote.</summary>
    /// <exception cref="System.Text.Json.JsonException">The text is no history.</exception>
    public static HistoryFile FromJson(string json) => HistoryCodec.DecodeFile(json);

    /// <summary>The history as indented JSON, in the form of the store.</summary>
    public string ToJson() => HistoryCodec.EncodeFile(this);
}
