using Orchestrator.Domain.Canaries;

namespace Orchestrator.Cluster.Metrics;

/// <summary>Where the metrics of a cluster's mesh are asked.</summary>
public interface IMetricSource
{
    /// <summary>
    /// Asks one query, for at most 10 s. Whatever keeps a value from coming is an answer too, told by the reading's state; nothing is thrown but cancellation.
    /// </summary>
    /// <param name="query">PromQL whose result is one number.</param>
    /// <param name="newest">How old the answer may be; an older one is <see cref="ReadingState.Stale"/>.</param>
    /// <param name="cancellationToken">Ends the wait for the answer.</param>
    Task<Reading> ReadAsync(string query, TimeSpan newest, CancellationToken cancellationToken);

    /// <summary>Asks one query for a histogram: one number by its label <c>le</c>, cumulative as Prometheus has it. Otherwise as <see cref="ReadAsync"/>.</summary>
    /// <returns>A reading whose buckets are not cumulative and whose value is the number of all.</returns>
    Task<Reading> ReadBucketsAsync(string query, TimeSpan newest, CancellationToken cancellationToken);
}
