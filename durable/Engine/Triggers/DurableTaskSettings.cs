namespace Orchestrator.Durable.Engine.Triggers;

/// <summary>The section <c>extensions.durableTask</c> of <c>host.json</c>, as far as the embedded host uses it.</summary>
public sealed record DurableTaskSettings
{
    private const string Section = "extensions:durableTask:";

    private static readonly Dictionary<string, VersionMatch> Matches = new(StringComparer.OrdinalIgnoreCase)
    {
        ["None"] = VersionMatch.Any,
        ["Strict"] = VersionMatch.Same,
        ["CurrentOrOlder"] = VersionMatch.SameOrOlder,
    };

    private static readonly Dictionary<string, bool> Mismatches = new(StringComparer.OrdinalIgnoreCase) { ["Reject"] = false, ["Fail"] = true };

    // The default of the genuine host in a dedicated plan.
    private static readonly int TenPerCore = 10 * Environment.ProcessorCount;

    /// <summary>The name of the task hub; <c>null</c> when the file does not say. The embedded host has one hub, its store.</summary>
    public string? HubName { get; init; }

    /// <summary>How many activities run at once; default 10 per core.</summary>
    public int MaxConcurrentActivityFunctions { get; init; } = TenPerCore;

    /// <summary>How many orchestrators run at once; default 10 per core.</summary>
    public int MaxConcurrentOrchestratorFunctions { get; init; } = TenPerCore;

    /// <summary>The version of the app, which new instances get; default none, and then instances of every version run.</summary>
    public string DefaultVersion { get; init; } = "";

    /// <summary>Which instances run, by their versions; default those of the app's version and of earlier ones (<c>CurrentOrOlder</c>).</summary>
    public VersionMatch VersionMatch { get; init; } = VersionMatch.SameOrOlder;

    /// <summary>Whether the others fail (<c>Fail</c>); default they wait for another version of the app (<c>Reject</c>).</summary>
    public bool FailOnVersionMismatch { get; init; }

    /// <summary>Whether the code of waiting orchestrations stays in memory; default no.</summary>
    public bool ExtendedSessionsEnabled { get; init; }

    /// <summary>For how many seconds without a turn it stays there; default 30.</summary>
    public int ExtendedSessionIdleTimeoutInSeconds { get; init; } = 30;

    /// <summary>Whether addresses in answers have the host name and scheme by which a proxy was called; default no.</summary>
    public bool UseForwardedHost { get; init; }

    internal static DurableTaskSettings Read(HostJsonReader file)
    {
        var defaults = new DurableTaskSettings();
        return new()
        {
            HubName = file.Text(Section + "hubName"),
            MaxConcurrentActivityFunctions = file.Count(Section + "maxConcurrentActivityFunctions") ?? defaults.MaxConcurrentActivityFunctions,
            MaxConcurrentOrchestratorFunctions =
                file.Count(Section + "maxConcurrentOrchestratorFunctions") ?? defaults.MaxConcurrentOrchestratorFunctions,
            DefaultVersion = file.Text(Section + "defaultVersion") ?? defaults.DefaultVersion,
            VersionMatch = file.Choice(Section + "versionMatchStrategy", Matches) ?? defaults.VersionMatch,
            FailOnVersionMismatch = file.Choice(Section + "versionFailureStrategy", Mismatches) ?? defaults.FailOnVersionMismatch,
            ExtendedSessionsEnabled = file.Flag(Section + "extendedSessionsEnabled") ?? defaults.ExtendedSessionsEnabled,
            UseForwardedHost = file.Flag(Section + "httpSettings:useForwardedHost") ?? defaults.UseForwardedHost,
            ExtendedSessionIdleTimeoutInSeconds =
                file.Count(Section + "extendedSessionIdleTimeoutInSeconds") ?? defaults.ExtendedSessionIdleTimeoutInSeconds,
        };
    }

    /// <summary>Sets up an engine accordingly.</summary>
    /// <param name="engine">The options of the engine.</param>
    public void ApplyTo(DurableEngineOptions engine)
    {
        engine.MaxConcurrentActivities = MaxConcurrentActivityFunctions;
        engine.MaxConcurrentOrchestrations = MaxConcurrentOrchestratorFunctions;
        engine.DefaultVersion = DefaultVersion;
        engine.Version = DefaultVersion;
        engine.VersionMatch = DefaultVersion.Length == 0 ? VersionMatch.Any : VersionMatch;
        engine.FailOnVersionMismatch = FailOnVersionMismatch;
        engine.ExtendedSessions = ExtendedSessionsEnabled;
        engine.ExtendedSessionIdleTimeout = TimeSpan.FromSeconds(ExtendedSessionIdleTimeoutInSeconds);
    }
}
