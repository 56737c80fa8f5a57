namespace DurableTask.Core.Exceptions;

/// <summary>The instance id of a start is taken.</summary>
public class OrchestrationAlreadyExistsException : InvalidOperationException
{
    /// <summary>Makes the exception.</summary>
    public OrchestrationAlreadyExistsException()
    {
    }

    /// <summary>Makes the exception.</summary>
    /// <param name="message">Which id, and what has it.</param>
    public OrchestrationAlreadyExistsException(string message)
        : base(message)
    {
    }

    /// <summary>Makes the exception.</summary>
    /// <param name="message">Which id, and what has it.</param>
    /// <param name="innerException">What caused it.</param>
    public OrchestrationAlreadyExistsException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
