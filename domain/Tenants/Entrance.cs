namespace Orchestrator.Domain.Tenants;

/// <summary>Where the requests to a service of a tenant come in, as each gateway pod can be asked.</summary>
/// <param name="Gateway">The name of the Gateway, Istio's or that of the Gateway API, that the routes attach to.</param>
/// <param name="Pods">The label selector of the gateway's pods.</param>
/// <param name="Ports">The ports at which those speak HTTP.</param>
/// <param name="Host">A host that requests name; null where any does.</param>
/// <param name="Path">The service's prefix.</param>
public sealed record Entrance(string Gateway, string Pods, IReadOnlyList<int> Ports, string? Host, string Path);
