using System.Collections.Immutable;
using Orchestrator.Simulator.Controllers;
using Orchestrator.Simulator.Store;

namespace Orchestrator.Simulator.DataPlane;

/// <summary>All rules of one kind after one write.</summary>
internal sealed record RuleSet<TSpec>(long Number, DateTimeOffset WrittenAt, Propagation Propagation, ImmutableDictionary<ObjectKey, MeshObject<TSpec>> Rules)
    where TSpec : notnull;

/// <summary>The rules of one kind as each gateway pod knows them: a write counts for a pod once it has reached it, and never before an earlier one.</summary>
/// <param name="kind">Keeps the delays of different kinds apart.</param>
/// <param name="time">The clock.</param>
internal sealed class RuleHistory<TSpec>(string kind, TimeProvider time) where TSpec : notnull
{
    private readonly Lock gate = new();
    private readonly List<RuleSet<TSpec>> sets = [new(0, DateTimeOffset.MinValue, new(0, 0), ImmutableDictionary<ObjectKey, MeshObject<TSpec>>.Empty)];

    /// <summary>The state of the last write, which some pods may not have yet.</summary>
    public RuleSet<TSpec> Newest
    {
        get { lock (gate) return sets[^1]; }
    }

    /// <summary>Whether every pod obeys the last write.</summary>
    public bool IsSettled => Newest is var newest && (newest.Number == 0 || time.GetUtcNow() - newest.WrittenAt > newest.Propagation.Longest);

    /// <summary>Replaces one rule, or takes it away.</summary>
    public void Write(ObjectKey key, MeshObject<TSpec>? rule, Propagation propagation)
    {
        var now = time.GetUtcNow();
        lock (gate)
        {
            var rules = rule is null ? sets[^1].Rules.Remove(key) : sets[^1].Rules.SetItem(key, rule);
            sets.Add(new(sets[^1].Number + 1, now, propagation, rules));
            // What everybody has moved on from is forgotten.
            var reached = sets.FindLastIndex(set => set.WrittenAt == DateTimeOffset.MinValue || now - set.WrittenAt > set.Propagation.Longest);
            sets.RemoveRange(0, Math.Max(0, reached));
        }
    }

    /// <summary>What a gateway pod obeys now.</summary>
    public RuleSet<TSpec> SeenBy(string podUid)
    {
        var now = time.GetUtcNow();
        lock (gate)
        {
            for (var i = sets.Count - 1; i > 0; i--)
                if (HasReached(podUid, sets[i], now)) return sets[i];
            return sets[0];
        }
    }

    private bool HasReached(string podUid, RuleSet<TSpec> set, DateTimeOffset now)
    {
        var age = now - set.WrittenAt;
        if (age > set.Propagation.Longest) return true;
        var point = Hashes.Number($"{podUid}/{kind}/{set.Number}") % 10_000 / 9_999.0;
        return age >= set.Propagation.At(point);
    }
}
