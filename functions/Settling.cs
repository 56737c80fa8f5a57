using Microsoft.DurableTask;

namespace Orchestrator.Functions;

/// <summary>How long proxies get to learn a rule that was read back, where nothing can be asked that would tell.</summary>
internal static class Settling
{
    /// <summary>Istio's debounce and push take 100 ms to a few seconds, and no status tells.</summary>
    public static readonly TimeSpan Time = TimeSpan.FromSeconds(2);

    extension(TaskOrchestrationContext context)
    {
        /// <summary>Gives the proxies time to learn what was written.</summary>
        public Task SettleAsync() => context.CreateTimer(Time, CancellationToken.None);
    }
}
