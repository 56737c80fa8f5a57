namespace Orchestrator.Durable.Engine.Store;

/// <summary>Gives out the keys of new rows, so that they are known before the commit. Only the owner of the store writes, so memory suffices.</summary>
internal sealed class RowKeys(long lastInstance, long lastMessage)
{
    private long lastInstance = lastInstance;
    private long lastMessage = lastMessage;

    public long NextInstance() => Interlocked.Increment(ref lastInstance);

    public long NextMessage() => Interlocked.Increment(ref lastMessage);
}
