namespace Orchestrator.Cluster.Istio;

/// <summary>Traffic rules that cannot be edited as asked; the message says what is in the way and what to do about it. Trying again is no use.</summary>
public sealed class TrafficException(string message) : Exception(message);
