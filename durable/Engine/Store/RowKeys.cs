namespace Orchestrator.Durable.Engine.Store;

/// <summary>
/// Gives out the keys of new rows, so that they are known before the commit. Only the owner of the store writes, so memory suffices.
/// </summary>
internal sealed class RowKeys(long lastInstance, long lastMessage, long firstMessage)
{
    private long firstMessage = Math.Min(0, firstMessage);
    private long lastInstance = lastInstance;
    private long lastMessage = lastMessage;

    public long NextInstance() => Interlocked.Increment(ref lastInstance);

    public long NextMessage() => Interlocked.Increment(ref lastMessage);

    /// <summary>The first of <paramref name="count"/> message ids before all that were given out.</summary>
    public long EarlierMessages(int count) => Interlocked.Add(ref firstMessage, -count);
}
