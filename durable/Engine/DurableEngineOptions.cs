namespace Orchestrator.Durable.Engine;

/// <summary>How the embedded durable engine runs.</summary>
public sealed class DurableEngineOptions
{
    /// <summary>A <see cref="StorePath"/> in memory: nothing outlives the host. For tests.</summary>
    public const string InMemory = ":memory:";

    /// <summary>
    /// The SQLite file that holds all durable state; its directory is created. One process at a time owns it. Or <see cref="InMemory"/>, or
    /// <c>file:/NAME?vfs=memdb</c>, a database in memory that lives as long as any connection of the process to it. Default <c>durable.db</c>.
    /// </summary>
    public string StorePath { get; set; } = "durable.db";

    /// <summary>How many orchestrations compute at the same time; waiting ones do not count. Default ten per processor.</summary>
    public int MaxConcurrentOrchestrations { get; set; } = Environment.ProcessorCount * 10;

    /// <summary>How many activities run at the same time; further ones queue. Default 100.</summary>
    public int MaxConcurrentActivities { get; set; } = 100;

    /// <summary>A longer timer is recorded as several successive ones of at most this length. Default 3 days, as the genuine stack.</summary>
    public TimeSpan MaximumTimerInterval { get; set; } = TimeSpan.FromDays(3);

    /// <summary>The largest input, output, event or custom status in bytes of UTF-8; a larger one fails where it arises. Default 10 MB.</summary>
    public int MaxPayloadBytes { get; set; } = 10 * 1024 * 1024;

    /// <summary>The version of instances that are started without one. Default none.</summary>
    public string DefaultVersion { get; set; } = "";

    /// <summary>
    /// How long an instance is kept after its end, with its sub-orchestrations; null, the default, keeps all. What is older is removed once an hour, in
    /// batches, so that an interrupted removal goes on with the next.
    /// </summary>
    public TimeSpan? Retention { get; set; }

    /// <summary>How long a stopping host waits for running activities; those still running are repeated at the next start. Default 10 s.</summary>
    public TimeSpan DrainTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Whether suspending a suspended or resuming a running instance is an error, as on the genuine host, or does nothing, as in its test host.
    /// Default true.
    /// </summary>
    public bool RejectRedundantSuspendAndResume { get; set; } = true;

    /// <summary>
    /// Whether the code of a waiting orchestration stays in memory, so that its next turn goes on without a replay; else every turn replays the whole
    /// history, which finds code that is not deterministic at once. Default false, as on the genuine host (<c>extendedSessionsEnabled</c>).
    /// </summary>
    public bool ExtendedSessions { get; set; }

    /// <summary>After what time without a turn the code leaves the memory. Default 30 s. Counts with <see cref="ExtendedSessions"/> only.</summary>
    public TimeSpan ExtendedSessionIdleTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How many bytes of histories stay in memory, so that the next turn need not read them from the store. Default 64 MB.</summary>
    public long HistoryCacheBytes { get; set; } = 64 * 1024 * 1024;
}
