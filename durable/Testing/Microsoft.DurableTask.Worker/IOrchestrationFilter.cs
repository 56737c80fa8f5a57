namespace Microsoft.DurableTask.Worker;

/// <summary>Chooses which orchestrations a worker runs; the others wait, and it is asked about them again.</summary>
[Obsolete("Experimental")]
public interface IOrchestrationFilter
{
    /// <summary>Whether an orchestration may run now.</summary>
    /// <param name="info">The orchestration.</param>
    /// <param name="cancellationToken">Cancelled when the answer no longer matters.</param>
    /// <returns>Whether it may.</returns>
    ValueTask<bool> IsOrchestrationValidAsync(OrchestrationFilterParameters info, CancellationToken cancellationToken = default);
}
