using System.Collections.Concurrent;

namespace Orchestrator.Simulator;

/// <summary>What one version of an application does wrong.</summary>
/// <param name="ErrorRate">Share of requests answered 500, 0 to 1.</param>
/// <param name="LatencyMs">Milliseconds added to every answer.</param>
public sealed record VersionFault(double ErrorRate = 0, int LatencyMs = 0);

/// <summary>What one Deployment does wrong.</summary>
/// <param name="NeverReady">Its new pods never become ready.</param>
public sealed record DeploymentFault(bool NeverReady = true);

/// <summary>What the API server does wrong with one verb on one resource.</summary>
/// <param name="Status">429 or 500.</param>
/// <param name="RetryAfterSeconds">The hint sent with 429; default 1.</param>
/// <param name="Count">How many requests fail before the fault is gone; null for no such limit.</param>
/// <param name="Probability">Share of requests that fail, 0 to 1; null for all.</param>
public sealed record ApiFault(int Status, int? RetryAfterSeconds = null, int? Count = null, double? Probability = null);

/// <summary>The faults set at this moment; <see cref="Control.Scenario"/> keeps them over a restart.</summary>
public sealed class Faults
{
    public ConcurrentDictionary<(string Namespace, string App, string Version), VersionFault> Versions { get; } = new();

    public ConcurrentDictionary<(string Namespace, string Name), DeploymentFault> Deployments { get; } = new();

    /// <summary>By Kubernetes verb (<c>get</c>, <c>patch</c>…, or <c>*</c>) and plural (or <c>*</c>).</summary>
    public ConcurrentDictionary<(string Verb, string Plural), ApiFault> Api { get; } = new();

    public void Clear()
    {
        Versions.Clear();
        Deployments.Clear();
        Api.Clear();
    }

    /// <summary>Takes the fault that meets this request, if one does, and counts it.</summary>
    public ApiFault? TakeApiFault(string verb, string plural)
    {
        foreach (var key in new[] { (verb, plural), ("*", plural), (verb, "*"), ("*", "*") })
            while (Api.TryGetValue(key, out var fault))
            {
                if (fault.Probability is { } share && Random.Shared.NextDouble() >= share) break;
                if (fault.Count is not { } left) return fault;
                // Two requests may race for the last count: only the one whose exchange succeeds has taken it.
                if (left <= 1 ? Api.TryRemove(KeyValuePair.Create(key, fault)) : Api.TryUpdate(key, fault with { Count = left - 1 }, fault))
                    return left > 0 ? fault : null;
            }
        return null;
    }
}
