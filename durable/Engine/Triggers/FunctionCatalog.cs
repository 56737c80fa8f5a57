using System.Reflection;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;
using Microsoft.DurableTask;
using Orchestrator.Durable.Engine.Triggers.Timers;

namespace Orchestrator.Durable.Engine.Triggers;

/// <summary>The functions of the app, as found once at start.</summary>
/// <param name="Registry">The orchestrators and activities.</param>
/// <param name="Http">The functions that an HTTP request sets off.</param>
/// <param name="Timers">The functions that a schedule sets off.</param>
/// <param name="Methods">The methods of the activities, the HTTP and the timer functions.</param>
/// <param name="Unserved">The functions whose triggers the embedded host does not serve.</param>
internal sealed record FunctionCatalog(
    DurableTaskRegistry Registry,
    IReadOnlyList<HttpFunction> Http,
    IReadOnlyList<TimerFunction> Timers,
    IReadOnlyList<FunctionMethod> Methods,
    IReadOnlyList<UnservedFunction> Unserved);

/// <summary>A function that an HTTP request sets off.</summary>
internal sealed record HttpFunction(FunctionMethod Method, HttpTriggerAttribute Trigger)
{
    /// <summary>The route below the prefix.</summary>
    internal string Route => Trigger.Route ?? Method.Definition.Name;
}

/// <summary>A function whose trigger the embedded host knows and does not serve.</summary>
internal sealed record UnservedFunction(string Name, MethodInfo Method, TriggerBindingAttribute Trigger);
