namespace Orchestrator.Durable.Engine.Store;

/// <summary>Removes messages that nobody will consume: those of an earlier execution, or to an instance that has ended.</summary>
internal sealed class DropMessages(IReadOnlyList<Message> messages) : StoreOperation<int>
{
    public override bool OutlastsDiskFailure => true;

    protected override int Write(StoreTables tables)
    {
        foreach (var message in messages)
        {
            if (message.Activity is { } sequence)
                tables.DeleteActivity(message.Instance, sequence);
            else
                tables.DeleteMessage(message.Id);
        }

        return messages.Count;
    }
}
