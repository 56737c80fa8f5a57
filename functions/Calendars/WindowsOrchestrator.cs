using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Orchestrator.Domain.Calendars;

namespace Orchestrator.Functions.Calendars;

/// <summary>What was last said of the windows of everything. Its instance is the record: the input holds it from the moment that it is begun.</summary>
public static class WindowsOrchestrator
{
    [Function(nameof(WindowsOrchestrator))]
    public static Task RunAsync([OrchestrationTrigger] TaskOrchestrationContext context, WindowsChange change)
    {
        // Nothing is to be done; whoever asks for the instance sees what holds.
        context.SetCustomStatus(change.Windows is null ? "lifted" : "set");
        return Task.CompletedTask;
    }
}
