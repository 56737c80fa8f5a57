namespace Orchestrator.Simulator.Controllers;

/// <summary>How many pods one ReplicaSet has.</summary>
/// <param name="Name">The ReplicaSet.</param>
/// <param name="Replicas">Asked for.</param>
/// <param name="Available">Ready to serve.</param>
internal sealed record ReplicaSetSize(string Name, int Replicas, int Available);

/// <summary>The next sizes in a rolling update; the rules of kube-controller-manager's <c>deployment/rolling.go</c>.</summary>
/// <param name="Desired">The Deployment's replicas.</param>
/// <param name="MaxSurge">Pods above that which may exist at once.</param>
/// <param name="MaxUnavailable">Pods below that which may serve.</param>
internal sealed record RollingUpdate(int Desired, int MaxSurge, int MaxUnavailable)
{
    /// <param name="desired">The Deployment's replicas.</param>
    /// <param name="surge"><c>maxSurge</c>: a number, a percentage rounded up, or null for 25 %.</param>
    /// <param name="unavailable"><c>maxUnavailable</c>: a number, a percentage rounded down, or null for 25 %.</param>
    public static RollingUpdate For(int desired, string? surge, string? unavailable)
    {
        var (maxSurge, maxUnavailable) = (Resolve(surge, desired, Math.Ceiling), Resolve(unavailable, desired, Math.Floor));
        // With neither, nothing could ever move.
        return new(desired, maxSurge, maxSurge == 0 && maxUnavailable == 0 ? 1 : maxUnavailable);
    }

    /// <summary>The new sizes by name; a ReplicaSet that stays as it is, is left out.</summary>
    /// <param name="current">The one of the present template.</param>
    /// <param name="old">All others, oldest first.</param>
    public IReadOnlyDictionary<string, int> Next(ReplicaSetSize current, IReadOnlyList<ReplicaSetSize> old)
    {
        var sizes = new Dictionary<string, int>();
        var total = current.Replicas + old.Sum(one => one.Replicas);
        var target = current.Replicas > Desired ? Desired
            : current.Replicas + Math.Clamp(Desired + MaxSurge - total, 0, Desired - current.Replicas);
        if (target != current.Replicas) return new Dictionary<string, int> { [current.Name] = target };

        var minAvailable = Desired - MaxUnavailable;
        var removable = total - minAvailable - (current.Replicas - Math.Min(current.Available, current.Replicas));
        // Pods that do not serve go first: nobody misses them.
        var left = old.Select(one => one with { Available = Math.Min(one.Available, one.Replicas) }).ToArray();
        for (var i = 0; i < left.Length && removable > 0; i++)
        {
            var unhealthy = Math.Min(removable, left[i].Replicas - left[i].Available);
            removable -= unhealthy;
            left[i] = left[i] with { Replicas = left[i].Replicas - unhealthy };
        }

        var spare = current.Available + left.Sum(one => one.Available) - minAvailable;
        for (var i = 0; i < left.Length && removable > 0 && spare > 0; i++)
        {
            var serving = Math.Min(Math.Min(removable, spare), left[i].Replicas);
            removable -= serving;
            spare -= serving;
            left[i] = left[i] with { Replicas = left[i].Replicas - serving };
        }

        foreach (var (before, after) in old.Zip(left))
            if (before.Replicas != after.Replicas) sizes[after.Name] = after.Replicas;
        return sizes;
    }

    private static int Resolve(string? value, int desired, Func<double, double> round)
    {
        value ??= "25%";
        return value.EndsWith('%') && int.TryParse(value[..^1], out var percent) ? (int)round(desired * percent / 100.0)
            : int.TryParse(value, out var number) ? number : 0;
    }
}
