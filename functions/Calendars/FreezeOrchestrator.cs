using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Orchestrator.Domain.Calendars;

namespace Orchestrator.Functions.Calendars;

/// <summary>What was last said of a freeze. Its instance is the record: the input holds it from the moment that it is begun.</summary>
public static class FreezeOrchestrator
{
    [Function(nameof(FreezeOrchestrator))]
    public static Task RunAsync([OrchestrationTrigger] TaskOrchestrationContext context, FreezeChange change)
    {
        // Nothing is to be done; whoever lists the instances sees what holds.
        context.SetCustomStatus(change.Freeze is null ? "lifted" : "set");
        return Task.CompletedTask;
    }
}
