namespace Orchestrator.Cluster.Kubernetes;

/// <summary>How long, and how often, one API server is asked.</summary>
public sealed record ApiLimits
{
    /// <summary>How long one attempt of a call may take, its answer included; default ten seconds.</summary>
    public TimeSpan Call { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a pod may take to answer through the API server; default five seconds.</summary>
    public TimeSpan Pod { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// After how long without a word a watch is taken for broken and what it tells is read again; default 75 seconds, since an API server to which nothing
    /// happens sends a bookmark every minute.
    /// </summary>
    public TimeSpan Silence { get; init; } = TimeSpan.FromSeconds(75);

    /// <summary>The longest <c>Retry-After</c> that a call sits out; a longer one is reported at once. Default 30 seconds.</summary>
    public TimeSpan RetryAfter { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How many requests a second this process sends in the long run; default 100.</summary>
    public double RequestsPerSecond { get; init; } = 100;

    /// <summary>How many requests it may send at once after a quiet time; default 200.</summary>
    public int Burst { get; init; } = 200;
}
