namespace DurableTask.Core;

/// <summary>A failure as data, in histories. Clients see <see cref="Microsoft.DurableTask.TaskFailureDetails"/>.</summary>
public class FailureDetails : IEquatable<FailureDetails>
{
    /// <summary>Makes a failure.</summary>
    /// <param name="errorType">The full name of the exception's type.</param>
    /// <param name="errorMessage">Its message.</param>
    /// <param name="stackTrace">Its stack trace.</param>
    /// <param name="innerFailure">What caused it.</param>
    /// <param name="isNonRetriable">Whether no retry policy tries it again.</param>
    /// <param name="properties">Further facts.</param>
    public FailureDetails(
        string errorType,
        string errorMessage,
        string? stackTrace,
        FailureDetails? innerFailure,
        bool isNonRetriable,
        IDictionary<string, object?>? properties = default)
    {
        ErrorType = errorType;
        ErrorMessage = errorMessage;
        StackTrace = stackTrace;
        InnerFailure = innerFailure;
        IsNonRetriable = isNonRetriable;
        Properties = properties;
    }

    /// <summary>The full name of the exception's type.</summary>
    public string ErrorType { get; }

    /// <summary>Its message.</summary>
    public string ErrorMessage { get; }

    /// <summary>Its stack trace.</summary>
    public string? StackTrace { get; }

    /// <summary>What caused it.</summary>
    public FailureDetails? InnerFailure { get; }

    /// <summary>Whether no retry policy tries it again.</summary>
    public bool IsNonRetriable { get; }

    /// <summary>Further facts.</summary>
    public IDictionary<string, object?>? Properties { get; }

    /// <inheritdoc/>
    public override string ToString() => $"{ErrorType}: {ErrorMessage}";

    /// <inheritdoc/>
#nullable disable annotations
    public override bool Equals(object other) => Equals(other as FailureDetails);
#nullable restore annotations

    /// <summary>Whether two failures are the same but for their stack traces and properties.</summary>
    /// <param name="other">The other.</param>
    /// <returns>Whether they are.</returns>
    public bool Equals(FailureDetails? other) =>
        other is not null && ErrorType == other.ErrorType && ErrorMessage == other.ErrorMessage && Equals(InnerFailure, other.InnerFailure);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(ErrorType, ErrorMessage, InnerFailure);
}
