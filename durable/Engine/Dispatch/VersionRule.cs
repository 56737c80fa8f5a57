using Microsoft.DurableTask.Abstractions;
using Orchestrator.Durable.Engine.History;

namespace Orchestrator.Durable.Engine.Dispatch;

/// <summary>Which versions the deployed code may run.</summary>
internal static class VersionRule
{
    /// <summary>Why the code may not run an instance or activity of a version; null when it may.</summary>
    public static Failure? Mismatch(DurableEngineOptions options, string version) => options.VersionMatch switch
    {
        VersionMatch.Same when Compare(version, options) != 0 =>
            Failure($"Version '{version}' is not that of the deployed code, '{options.Version}'."),
        VersionMatch.SameOrOlder when Compare(version, options) > 0 =>
            Failure($"Version '{version}' is newer than the deployed code, '{options.Version}'."),
        _ => null,
    };

    private static int Compare(string version, DurableEngineOptions options) =>
        TaskOrchestrationVersioningUtils.CompareVersions(version, options.Version);

    private static Failure Failure(string message) => new("VersionMismatch", message);
}
