using Microsoft.Extensions.Logging;

namespace Orchestrator.Functions.Sweeps;

/// <summary>What a sweep logs.</summary>
internal static partial class SweepLog
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "Instance {Instance} is stuck: {Reason}")]
    public static partial void Stuck(ILogger logger, string instance, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Tenant {Tenant} has drifted in {Count} fields, the first {Object} {Field}: see orc tenants drift {Tenant}")]
    public static partial void Drift(ILogger logger, string tenant, int count, string @object, string field);
}
