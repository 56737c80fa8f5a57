using Microsoft.DurableTask.Client;
using Orchestrator.Domain.Canaries;
using Orchestrator.Domain.Meshes;
using Orchestrator.Domain.Tenants;

namespace Orchestrator.Functions.Events;

/// <summary>
/// What those share who follow events in this process: their places, and the looks at all instances, so that these are read once a second however many
/// follow, and not at all when nobody does.
/// </summary>
public sealed class EventFeed(TimeProvider time)
{
    /// <summary>How many may follow at the same time.</summary>
    internal const int Places = 50;

    /// <summary>The time between two looks.</summary>
    internal static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private static readonly string[] Prefixes = [MeshPlan.Instance(""), TenantNames.Instance(""), CanaryNames.Prefix];

    private readonly Lock gate = new();
    private Task<Look>? last;
    private long lookedAt;
    private int taken;

    /// <summary>Takes a place; false when there is none.</summary>
    internal bool TryEnter()
    {
        lock (gate)
        {
            if (taken == Places)
            {
                return false;
            }

            taken++;
            return true;
        }
    }

    /// <summary>Gives a place back.</summary>
    internal void Leave()
    {
        lock (gate)
        {
            last = --taken == 0 ? null : last;
        }
    }

    /// <summary>How all instances stand now, or stood less than <see cref="Pause"/> ago.</summary>
    internal Task<Look> LookAsync(DurableTaskClient client)
    {
        lock (gate)
        {
            if (last is null or { IsFaulted: true } || (last.IsCompleted && time.GetElapsedTime(lookedAt) >= Pause))
            {
                lookedAt = time.GetTimestamp();
                last = Task.Run(() => ReadAsync(client, time.GetUtcNow()));
            }

            return last;
        }
    }

    // Whoever asked for it may be gone before it is there; the others wait for it as well.
    private static async Task<Look> ReadAsync(DurableTaskClient client, DateTimeOffset now)
    {
        Dictionary<string, DateTimeOffset> changed = [];
        foreach (var prefix in Prefixes)
        {
            await foreach (var instance in client.GetAllInstancesAsync(new OrchestrationQuery { InstanceIdPrefix = prefix, PageSize = 1000 }))
            {
                changed[instance.InstanceId] = instance.LastUpdatedAt;
            }
        }

        return new(now, changed);
    }
}

/// <summary>A look at all instances.</summary>
/// <param name="At">When it began.</param>
/// <param name="Changed">When each instance last went on.</param>
internal sealed record Look(DateTimeOffset At, IReadOnlyDictionary<string, DateTimeOffset> Changed);
