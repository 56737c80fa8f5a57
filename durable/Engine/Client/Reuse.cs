using System.Collections.Frozen;
using Microsoft.DurableTask.Client;

namespace Orchestrator.Durable.Engine.Client;

/// <summary>Which statuses of an existing instance forbid a start under its id.</summary>
internal static class Reuse
{
    /// <summary>The statuses of an instance that has not ended: the default of the genuine host.</summary>
    public static readonly FrozenSet<OrchestrationRuntimeStatus> Live = FrozenSet.Create(
        OrchestrationRuntimeStatus.Pending, OrchestrationRuntimeStatus.Running, OrchestrationRuntimeStatus.Suspended);

    /// <param name="dedupeStatuses">What the caller listed; null for the default.</param>
    /// <param name="rejectContradictions">Whether a list that contradicts itself is an error.</param>
    /// <exception cref="ArgumentException">A status is unknown, or the list contradicts itself.</exception>
    public static FrozenSet<OrchestrationRuntimeStatus> Conflicts(IReadOnlyList<string>? dedupeStatuses, bool rejectContradictions)
    {
        if (dedupeStatuses is null)
            return Live;
        var listed = dedupeStatuses.Select(Parse).ToFrozenSet();
        if (rejectContradictions && listed.Contains(OrchestrationRuntimeStatus.Terminated) && !Live.IsSubsetOf(listed))
        {
            throw new ArgumentException(
                "The dedupe statuses name Terminated, but not all of Pending, Running and Suspended: a live instance would be terminated to " +
                "make room, and then be in the way. Name these three too, or leave Terminated out.",
                nameof(dedupeStatuses));
        }

        return listed;
    }

    private static OrchestrationRuntimeStatus Parse(string status) =>
        Enum.TryParse<OrchestrationRuntimeStatus>(status, ignoreCase: true, out var parsed)
        && StartOrchestrationOptionsExtensions.ValidDedupeStatuses.Contains(parsed)
            ? parsed
            : throw new ArgumentException(
                $"'{status}' is no dedupe status: use {string.Join(", ", StartOrchestrationOptionsExtensions.ValidDedupeStatuses)}.");
}
