using Microsoft.Azure.Functions.Worker;

namespace Orchestrator.Durable.Engine.Triggers.Timers;

/// <summary>A function that a schedule sets off.</summary>
internal sealed record TimerFunction(FunctionMethod Method, TimerTriggerAttribute Trigger) : ListeningFunction(Method);
