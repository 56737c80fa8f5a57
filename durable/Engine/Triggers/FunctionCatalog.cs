using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Orchestrator.Durable.Engine.Triggers.Queues;
using Orchestrator.Durable.Engine.Triggers.Timers;

namespace Orchestrator.Durable.Engine.Triggers;

/// <summary>The functions of the app, as found once at start.</summary>
/// <param name="Registry">The orchestrators and activities.</param>
/// <param name="Http">The functions that an HTTP request sets off.</param>
/// <param name="Timers">The functions that a schedule sets off.</param>
/// <param name="Queues">The functions that a message of a queue sets off.</param>
/// <param name="Methods">The methods of all but the orchestrators.</param>
internal sealed record FunctionCatalog(
    DurableTaskRegistry Registry,
    IReadOnlyList<HttpFunction> Http,
    IReadOnlyList<TimerFunction> Timers,
    IReadOnlyList<QueueFunction> Queues,
    IReadOnlyList<FunctionMethod> Methods);

/// <summary>A function that an HTTP request sets off.</summary>
internal sealed record HttpFunction(FunctionMethod Method, HttpTriggerAttribute Trigger)
{
    /// <summary>The route below the prefix.</summary>
    internal string Route => Trigger.Route ?? Method.Definition.Name;
}
