using Microsoft.DurableTask.Converters;

namespace Microsoft.DurableTask.Worker;

/// <summary>How a worker runs.</summary>
public class DurableTaskWorkerOptions
{
    /// <summary>Which instances a worker runs, by their versions.</summary>
    public enum VersionMatchStrategy
    {
        /// <summary>All.</summary>
        None,

        /// <summary>Those of its own version.</summary>
        Strict,

        /// <summary>Those of its own version and of earlier ones.</summary>
        CurrentOrOlder,
    }

    /// <summary>What becomes of an instance whose version the worker does not run.</summary>
    public enum VersionFailureStrategy
    {
        /// <summary>It waits for another worker.</summary>
        Reject,

        /// <summary>It fails.</summary>
        Fail,
    }

    /// <summary>
    /// Turns inputs, outputs and events into text and back. Default: the <see cref="DurableTask.DataConverter"/> among the services, else
    /// <see cref="JsonDataConverter.Default"/>; <c>null</c> brings the default back.
    /// </summary>
    public DataConverter DataConverter
    {
        get => Converter ?? JsonDataConverter.Default;
        set => Converter = value;
    }

    /// <summary>Whether entities run. The embedded host has none; ignored.</summary>
    public bool EnableEntitySupport { get; set; }

    /// <summary>A longer timer is recorded as several successive ones of at most this length; default 3 days.</summary>
    public TimeSpan MaximumTimerInterval { get; set; } = TimeSpan.FromDays(3);

    /// <summary>How much runs at the same time.</summary>
    public ConcurrencyOptions Concurrency { get; } = new();

    /// <summary>Which versions of instances the worker runs; <c>null</c>: all.</summary>
    public VersioningOptions? Versioning { get; set; }

    /// <summary>Whether <c>UseVersioning</c> was called.</summary>
    public bool IsVersioningSet { get; internal set; }

    /// <summary>Chooses which orchestrations run, unless a filter is among the services; <c>null</c>: all.</summary>
    [Obsolete("Experimental")]
    public IOrchestrationFilter? OrchestrationFilter { get; set; }

    /// <summary>How the worker logs.</summary>
    public LoggingOptions Logging { get; } = new();

    internal DataConverter? Converter { get; set; }

    internal void CopyTo(DurableTaskWorkerOptions other)
    {
        other.Converter = Converter;
        other.EnableEntitySupport = EnableEntitySupport;
        other.MaximumTimerInterval = MaximumTimerInterval;
        other.Versioning = Versioning;
#pragma warning disable CS0618 // it is experimental, not obsolete
        other.OrchestrationFilter = OrchestrationFilter;
#pragma warning restore CS0618
        other.Logging.UseLegacyCategories = Logging.UseLegacyCategories;
    }

    /// <summary>How much runs at the same time.</summary>
    public class ConcurrencyOptions
    {
        private static readonly int HundredPerProcessor = 100 * Environment.ProcessorCount;

        /// <summary>How many activities; default 100 per processor.</summary>
        public int MaximumConcurrentActivityWorkItems { get; set; } = HundredPerProcessor;

        /// <summary>How many orchestrations that compute; default 100 per processor.</summary>
        public int MaximumConcurrentOrchestrationWorkItems { get; set; } = HundredPerProcessor;

        /// <summary>How many entities; default 100 per processor. The embedded host has none; ignored.</summary>
        public int MaximumConcurrentEntityWorkItems { get; set; } = HundredPerProcessor;
    }

    /// <summary>How a worker logs.</summary>
    public class LoggingOptions
    {
        /// <summary>Whether the genuine worker repeats its lines under earlier categories; default <c>true</c>. Ignored here.</summary>
        public bool UseLegacyCategories { get; set; } = true;
    }

    /// <summary>Which versions of instances a worker runs.</summary>
    public class VersioningOptions
    {
        /// <summary>The version of the worker; default none.</summary>
        public string Version { get; set; } = string.Empty;

        /// <summary>The version of sub-orchestrations that are called without one; default none.</summary>
        public string DefaultVersion { get; set; } = string.Empty;

        /// <summary>Which instances run; default all.</summary>
        public VersionMatchStrategy MatchStrategy { get; set; }

        /// <summary>What becomes of the others; default: they wait.</summary>
        public VersionFailureStrategy FailureStrategy { get; set; }
    }
}
