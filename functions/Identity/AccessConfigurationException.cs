namespace Orchestrator.Functions.Identity;

/// <summary>Settings of identities or grants that make no sense; the message names the setting and says what to do.</summary>
public sealed class AccessConfigurationException(string message) : Exception(message);
