namespace Orchestrator.Durable.Engine.Management;

/// <summary>A part of the request cannot be read; the message says which and what it should be.</summary>
internal sealed class UnreadableRequestException(string message) : Exception(message);
