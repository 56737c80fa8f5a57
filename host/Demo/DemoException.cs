namespace Orchestrator.Host.Demo;

/// <summary>The demo did not show what it promises; the message says what was seen instead.</summary>
internal sealed class DemoException(string message) : Exception(message);
