using Microsoft.DurableTask;
using Microsoft.DurableTask.Converters;

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

    /// <summary>The version of instances and sub-orchestrations that are started without one. Default none.</summary>
    public string DefaultVersion { get; set; } = "";

    /// <summary>
    /// How long an instance is kept after its end, with its sub-orchestrations; null, the default, keeps all. What is older is removed once an hour,
    /// in batches, so that an interrupted removal goes on with the next.
    /// </summary>
    public TimeSpan? Retention { get; set; }

    /// <summary>The version of the deployed code, which <see cref="VersionMatch"/> compares with that of an instance. Default none.</summary>
    public string Version { get; set; } = "";

    /// <summary>Which instances the deployed code may run. Default <see cref="VersionMatch.Any"/>.</summary>
    public VersionMatch VersionMatch { get; set; }

    /// <summary>Whether an instance that the deployed code may not run fails; else it waits for a host of another version. Default false.</summary>
    public bool FailOnVersionMismatch { get; set; }

    /// <summary>Turns inputs, outputs, events and custom status into text and back. Default <see cref="JsonDataConverter.Default"/>.</summary>
    public DataConverter DataConverter { get; set; } = JsonDataConverter.Default;

    /// <summary>What to keep of an exception besides its type, message and stack trace; null or a null result for nothing.</summary>
    public Func<Exception, IDictionary<string, object?>?>? ExceptionProperties { get; set; }

    /// <summary>Whether an instance may run now; one that may not waits and is asked about again. Null for all.</summary>
    public Func<AdmissionRequest, CancellationToken, ValueTask<bool>>? Admission { get; set; }

    /// <summary>Whether an activity of a name and version may run; one that may not waits for another host. Null for all.</summary>
    public Func<string, string, bool>? ActivityAdmission { get; set; }

    /// <summary>
    /// Whether a start is an error that lists Terminated among the statuses that stand in its way and leaves out a status of live instances, as on
    /// the genuine host, or goes ahead, as in its test host. Default true.
    /// </summary>
    public bool RejectContradictoryDedupeStatuses { get; set; } = true;

    /// <summary>
    /// Whether listings show inputs and outputs as text even where they were not asked for, as the genuine test host does. Default false.
    /// </summary>
    public bool ListPayloads { get; set; }

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
