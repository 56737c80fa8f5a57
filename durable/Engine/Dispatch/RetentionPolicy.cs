using Microsoft.Extensions.Logging;
using Orchestrator.Durable.Engine.Store;

namespace Orchestrator.Durable.Engine.Dispatch;

/// <summary>Removes instances that ended long enough ago: at the start and then once an hour.</summary>
internal sealed partial class RetentionPolicy : IDisposable
{
    private const int Batch = 100;
    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);

    private readonly DurableStore store;
    private readonly TimeSpan retention;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly ITimer timer;
    private Task sweep = Task.CompletedTask;

    public RetentionPolicy(DurableStore store, TimeSpan retention, TimeProvider time, ILogger logger)
    {
        this.store = store;
        this.retention = retention;
        this.time = time;
        this.logger = logger;
        timer = time.CreateTimer(_ => Start(), null, TimeSpan.Zero, Interval);
    }

    public void Dispose() => timer.Dispose();

    private void Start()
    {
        if (sweep.IsCompleted)
            sweep = SweepAsync();
    }

    private async Task SweepAsync()
    {
        try
        {
            var before = time.GetUtcNow().UtcDateTime - retention;
            var removed = 0;
            for (int batch; (batch = await store.RunAsync(new PurgeExpired(before, Batch))) > 0; removed += batch)
            {
            }

            if (removed > 0)
                Removed(logger, removed, before);
        }
        catch (StoreException e)
        {
            Interrupted(logger, e.Message);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Removed {Count} instances that had ended before {Before:u}")]
    private static partial void Removed(ILogger logger, int count, DateTime before);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The removal of old instances was interrupted ({Error}); it goes on within the hour")]
    private static partial void Interrupted(ILogger logger, string error);
}
