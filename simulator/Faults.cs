using System.Collections.Concurrent;

namespace Orchestrator.Simulator;

/// <summary>What one version of an application does wrong.</summary>
/// <param name="ErrorRate">Share of requests answered 500, and of connections closed without a word, 0 to 1.</param>
/// <param name="LatencyMs">Milliseconds added to every answer.</param>
public sealed record VersionFault(double ErrorRate = 0, int LatencyMs = 0);

/// <summary>What one Deployment does wrong.</summary>
/// <param name="NeverReady">Its new pods never become ready.</param>
public sealed record DeploymentFault(bool NeverReady = true);

/// <summary>What an API fault does to a request.</summary>
public enum ApiFaultEffect
{
    /// <summary>Answers with <see cref="ApiFault.Status"/> and does nothing.</summary>
    Refuse,

    /// <summary>Waits <see cref="ApiFault.DelayMs"/>, then does as asked.</summary>
    Delay,

    /// <summary>Does as asked and breaks the connection, after <see cref="ApiFault.DelayMs"/>, instead of answering.</summary>
    LoseAnswer,

    /// <summary>Reads what was there <see cref="ApiFault.Behind"/> changes of the cluster ago, as a cache that lags does.</summary>
    Stale,

    /// <summary>Lets <see cref="ApiFault.Manager"/> write the object first: who sent a version meets a newer one.</summary>
    ForeignWrite,

    /// <summary>Answers an apply that does not force as if <see cref="ApiFault.Manager"/> held every field, and any other write as if it came too
    /// late.</summary>
    Conflict,

    /// <summary>Breaks a watch's connection after <see cref="ApiFault.DelayMs"/>.</summary>
    DropWatch,

    /// <summary>Sends nothing more on a watch after <see cref="ApiFault.DelayMs"/>, and leaves it open.</summary>
    SilenceWatch,
}

/// <summary>What the API server does wrong with one verb on one resource.</summary>
/// <param name="Status">For a refusal: 409, 429, 500, 503 or 504.</param>
/// <param name="RetryAfterSeconds">The hint sent with 429; default 1.</param>
/// <param name="Count">How many requests are met before the fault is gone; null for no such limit.</param>
/// <param name="Probability">Share of requests that are met, 0 to 1; null for all.</param>
public sealed record ApiFault(int Status = 500, int? RetryAfterSeconds = null, int? Count = null, double? Probability = null)
{
    public const string Stranger = "foreign-manager";

    public ApiFaultEffect Effect { get; init; }

    /// <summary>Milliseconds.</summary>
    public int DelayMs { get; init; }

    /// <summary>How many changes of the cluster a stale read lags behind.</summary>
    public int Behind { get; init; } = 1;

    /// <summary>Who writes first or holds the fields.</summary>
    public string Manager { get; init; } = Stranger;

    /// <summary>How many requests pass before the first is met.</summary>
    public int Skip { get; init; }
}

/// <summary>Which requests an API fault is set for; of several that meet a request, the one for fewer goes first.</summary>
/// <param name="Verb">Kubernetes verb (<c>get</c>, <c>patch</c>…), or <c>*</c>.</param>
/// <param name="Plural">The kind's plural, or <c>*</c>.</param>
/// <param name="Namespace">In this namespace; null for all.</param>
/// <param name="Name">For this object; null for all.</param>
public readonly record struct FaultTarget(string Verb, string Plural, string? Namespace = null, string? Name = null)
{
    public static implicit operator FaultTarget((string Verb, string Plural) target) => new(target.Verb, target.Plural);
}

/// <summary>The faults set at this moment; <see cref="Control.Scenario"/> keeps them over a restart.</summary>
public sealed class Faults
{
    public ConcurrentDictionary<(string Namespace, string App, string Version), VersionFault> Versions { get; } = new();

    public ConcurrentDictionary<(string Namespace, string Name), DeploymentFault> Deployments { get; } = new();

    public ConcurrentDictionary<FaultTarget, ApiFault> Api { get; } = new();

    /// <summary>What the application on a pod does wrong; null for nothing.</summary>
    internal VersionFault? Of(DataPlane.PodEndpoint pod, string service) => Versions.GetValueOrDefault((pod.Namespace, pod.App ?? service, pod.Version ?? ""));

    public void Clear()
    {
        Versions.Clear();
        Deployments.Clear();
        Api.Clear();
    }

    /// <summary>Takes the fault that meets this request, if one does, and counts it.</summary>
    public ApiFault? TakeApiFault(string verb, string plural, string? ns = null, string? name = null)
    {
        var targets =
            from target in new FaultTarget[] { (verb, plural), ("*", plural), (verb, "*"), ("*", "*") }
            from whose in new[] { (ns, name), (null, name), (ns, null), (null, null) }
            select target with { Namespace = whose.Item1, Name = whose.Item2 };
        foreach (var key in Api.IsEmpty ? [] : targets.Distinct())
            while (Api.TryGetValue(key, out var fault))
            {
                if (fault.Probability is { } share && Random.Shared.NextDouble() >= share) break;
                if (fault.Skip > 0)
                {
                    if (Api.TryUpdate(key, fault with { Skip = fault.Skip - 1 }, fault)) break;
                    continue;
                }
                if (fault.Count is not { } left) return fault;
                // Two requests may race for the last count: only the one whose exchange succeeds has taken it.
                if (left <= 1 ? Api.TryRemove(KeyValuePair.Create(key, fault)) : Api.TryUpdate(key, fault with { Count = left - 1 }, fault))
                    return left > 0 ? fault : null;
            }
        return null;
    }
}
