using Microsoft.Azure.Functions.Worker;

namespace Orchestrator.Durable.Engine.Triggers.Queues;

/// <summary>A function that a message of a queue sets off.</summary>
internal sealed record QueueFunction(FunctionMethod Method, QueueTriggerAttribute Trigger, QueueMessageReader Reader) : ListeningFunction(Method);
