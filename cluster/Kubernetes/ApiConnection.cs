using System.Threading.RateLimiting;
using k8s;

namespace Orchestrator.Cluster.Kubernetes;

/// <summary>The way to one API server: found at the first call, and asked no more often than the limits say.</summary>
/// <param name="configure">Finds out where the server is and who calls; asked again by the next call when it fails.</param>
/// <param name="limits">How often the server is asked.</param>
/// <param name="time">The clock.</param>
internal sealed class ApiConnection(
    Func<CancellationToken, Task<KubernetesClientConfiguration>> configure, ApiLimits limits, TimeProvider time) : IDisposable
{
    private readonly SemaphoreSlim connecting = new(1);
    private readonly TokenBucketRateLimiter limiter = Bucket(limits);
    private volatile ApiClient? client;

    /// <summary>The client, for one request: callers get it in the order in which they came, when the rate allows.</summary>
    public async Task<ApiClient> TurnAsync(CancellationToken cancellationToken)
    {
        using var turn = await limiter.AcquireAsync(1, cancellationToken);
        if (client is { } connected)
        {
            return connected;
        }

        await connecting.WaitAsync(cancellationToken);
        try
        {
            return client ??= new ApiClient(await configure(cancellationToken), time);
        }
        finally
        {
            connecting.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        client?.Dispose();
        limiter.Dispose();
        connecting.Dispose();
    }

    private static TokenBucketRateLimiter Bucket(ApiLimits limits)
    {
        // Ten portions a second rather than one, so that nobody waits for a whole one.
        var portion = Math.Max(1, (int)(limits.RequestsPerSecond / 10));
        return new(new()
        {
            TokenLimit = Math.Max(portion, limits.Burst),
            TokensPerPeriod = portion,
            ReplenishmentPeriod = TimeSpan.FromSeconds(portion / limits.RequestsPerSecond),
            QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
            QueueLimit = int.MaxValue,
        });
    }
}
