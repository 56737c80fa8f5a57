namespace Orchestrator.Host.Input;

/// <summary>What was given on the command line cannot be used; the message says what to give instead.</summary>
internal sealed class InputException(string message) : Exception(message);
