namespace Microsoft.DurableTask.Internal;

/// <summary>Whatever can start an orchestration.</summary>
public interface IOrchestrationSubmitter
{
    /// <summary>Starts an orchestration.</summary>
    /// <param name="orchestratorName">The orchestrator.</param>
    /// <param name="input">Its input.</param>
    /// <param name="options">Id, time, tags and version.</param>
    /// <param name="cancellation">Cancels the request, not the orchestration.</param>
    /// <returns>The instance id.</returns>
    Task<string> ScheduleNewOrchestrationInstanceAsync(
        TaskName orchestratorName,
        object? input = default,
        StartOrchestrationOptions? options = default,
        CancellationToken cancellation = default);
}
