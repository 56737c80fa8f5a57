namespace Microsoft.DurableTask;

/// <summary>An activity or sub-orchestration that an orchestrator awaited has failed.</summary>
public sealed class TaskFailedException : Exception
{
    /// <summary>Makes the failure of a task out of an exception.</summary>
    /// <param name="taskName">The name of the task.</param>
    /// <param name="taskId">Its number in the orchestration.</param>
    /// <param name="innerException">What it threw.</param>
    public TaskFailedException(string taskName, int taskId, Exception innerException)
        : base(Describe(taskName, taskId, innerException?.Message), innerException)
    {
        TaskName = taskName;
        TaskId = taskId;
        FailureDetails = TaskFailureDetails.FromException(innerException!);
    }

    /// <summary>Makes the failure of a task out of recorded details.</summary>
    /// <param name="taskName">The name of the task.</param>
    /// <param name="taskId">Its number in the orchestration.</param>
    /// <param name="failureDetails">How it failed.</param>
    public TaskFailedException(string taskName, int taskId, TaskFailureDetails failureDetails)
        : base(Describe(taskName, taskId, failureDetails?.ErrorMessage))
    {
        TaskName = taskName;
        TaskId = taskId;
        FailureDetails = failureDetails ?? throw new ArgumentNullException(nameof(failureDetails));
    }

    /// <summary>The name of the task.</summary>
    public string TaskName { get; }

    /// <summary>Its number in the orchestration.</summary>
    public int TaskId { get; }

    /// <summary>How it failed.</summary>
    public TaskFailureDetails FailureDetails { get; }

    private static string Describe(string taskName, int taskId, string? message) =>
        $"Task '{taskName}' (#{taskId}) failed with an unhandled exception{(string.IsNullOrEmpty(message) ? "." : $": {message}")}";
}
