using Microsoft.DurableTask.Client;
using Orchestrator.Durable.Engine.Store;

namespace Orchestrator.Durable.Engine.History;

/// <summary>An instance as it is stored.</summary>
/// <param name="Id">The instance id.</param>
/// <param name="ExecutionId">The current execution; a new one begins at each continue-as-new.</param>
/// <param name="Name">The orchestrator's name.</param>
/// <param name="Status">The runtime status.</param>
public sealed record StoredInstance(string Id, string ExecutionId, string Name, OrchestrationRuntimeStatus Status)
{
    /// <summary>When it was created, UTC.</summary>
    public required DateTime Created { get; init; }

    /// <summary>When its status row was last written, UTC.</summary>
    public required DateTime Updated { get; init; }

    /// <summary>The serialized output, or null.</summary>
    public string? Output { get; init; }

    /// <summary>The serialized custom status, or null.</summary>
    public string? CustomStatus { get; init; }

    /// <summary>Why the engine stopped running it, or null.</summary>
    public string? Quarantine { get; init; }

    internal long Key { get; init; }
}

/// <summary>Reads a store without owning or changing it: for audits and tools.</summary>
public sealed class HistoryReader
{
    private const int PageSize = 1000;
    private readonly Func<StoreReader> source;

    /// <summary>Reads a file, best while its host is stopped. The store of a running host is read by the one among its services.</summary>
    /// <param name="storePath">The SQLite file.</param>
    public HistoryReader(string storePath)
    {
        var reader = new StoreReader(new(storePath, pooling: false));
        source = () => reader;
    }

    internal HistoryReader(Func<StoreReader> source) => this.source = source;

    private StoreReader Reader => source();

    /// <summary>All instances in the order of their creation.</summary>
    public IEnumerable<StoredInstance> Instances()
    {
        for (var after = 0L; ;)
        {
            var page = Reader.List(new() { AfterKey = after, Count = PageSize });
            foreach (var row in page)
                yield return ToInstance(row);
            if (page.Count < PageSize)
                yield break;
            after = page[^1].Key;
        }
    }

    /// <summary>One instance, or null when there is none of this id.</summary>
    public StoredInstance? Find(string instanceId) => Reader.Find(instanceId) is { } row ? ToInstance(row) : null;

    /// <summary>The events of the instance's current execution in order, without gaps.</summary>
    /// <exception cref="DamagedRowException">A row does not match its checksum, or one is missing.</exception>
    public IReadOnlyList<HistoryEvent> Events(StoredInstance instance) => Reader.History(instance.Key);

    private static StoredInstance ToInstance(InstanceRow row) => new(row.Id, row.ExecutionId, row.Name, row.Status)
    {
        Created = row.Created,
        Updated = row.Updated,
        Output = row.Output,
        CustomStatus = row.CustomStatus,
        Quarantine = row.Quarantine,
        Key = row.Key,
    };
}
