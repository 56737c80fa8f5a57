using System.Threading.RateLimiting;

namespace Orchestrator.Durable.Engine.Triggers;

/// <summary>How many requests to HTTP functions are worked on at once, and how many may wait; of all functions together.</summary>
internal static class RequestLimits
{
    /// <summary>The limits of <c>host.json</c>; null when it sets none.</summary>
    public static RateLimiter? Of(HostJson host)
    {
        var (outstanding, concurrent) = (host.MaxOutstandingRequests, host.MaxConcurrentRequests);
        if (outstanding < 0 && concurrent < 0)
            return null;
        var working = concurrent < 0 ? outstanding : outstanding < 0 ? concurrent : Math.Min(concurrent, outstanding);
        return new ConcurrencyLimiter(new()
        {
            PermitLimit = Math.Max(1, working),
            QueueLimit = outstanding < 0 ? int.MaxValue : Math.Max(0, outstanding - working),
            QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
        });
    }
}
