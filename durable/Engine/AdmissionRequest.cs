namespace Orchestrator.Durable.Engine;

/// <summary>An instance that is about to run.</summary>
/// <param name="Name">The orchestrator's name.</param>
/// <param name="Version">The version of the instance; empty when it has none.</param>
/// <param name="Tags">The tags given at the start.</param>
public readonly record struct AdmissionRequest(string Name, string Version, IReadOnlyDictionary<string, string> Tags);
