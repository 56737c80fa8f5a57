namespace Orchestrator.Durable.Engine.Store;

/// <summary>A unit of writing that commits wholly or not at all; several share one transaction.</summary>
internal abstract class StoreOperation
{
    public CommitEffects Effects { get; } = new();

    /// <summary>
    /// Whether the operation waits while the disk fails. A turn does: its work is done and nobody else can do it. A caller is told instead.
    /// </summary>
    public virtual bool OutlastsDiskFailure => false;

    /// <summary>Writes, on the commit thread inside a transaction. May run more than once, when the transaction is repeated.</summary>
    public abstract void Apply(StoreTables tables);

    /// <summary>The commit is on the disk and the effects are let loose. Runs on the commit thread: must be brief and must not throw.</summary>
    public abstract void Committed();

    /// <summary>Nothing was written. Runs on the commit thread: must be brief and must not throw.</summary>
    public abstract void Failed(Exception error);
}

/// <summary>An operation whose result somebody awaits.</summary>
internal abstract class StoreOperation<TResult> : StoreOperation
{
    private readonly TaskCompletionSource<TResult> completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TResult result = default!;

    public Task<TResult> Completion => completion.Task;

    public sealed override void Apply(StoreTables tables) => result = Write(tables);

    public sealed override void Committed() => completion.TrySetResult(result);

    public sealed override void Failed(Exception error) => completion.TrySetException(error);

    protected abstract TResult Write(StoreTables tables);
}
