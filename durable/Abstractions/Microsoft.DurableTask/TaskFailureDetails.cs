namespace Microsoft.DurableTask;

/// <summary>A failure as data, so that it can be stored and cross processes.</summary>
/// <param name="ErrorType">The full name of the exception's type.</param>
/// <param name="ErrorMessage">Its message.</param>
/// <param name="StackTrace">Its stack trace.</param>
/// <param name="InnerFailure">What caused it.</param>
/// <param name="Properties">Further facts.</param>
public record TaskFailureDetails(
    string ErrorType, string ErrorMessage, string? StackTrace, TaskFailureDetails? InnerFailure, IDictionary<string, object?>? Properties)
{
    /// <summary>Whether the failure is an exception of a type or of a type derived from it.</summary>
    /// <typeparam name="T">The type.</typeparam>
    /// <returns><c>false</c> too when no loaded assembly has the type.</returns>
    public bool IsCausedBy<T>()
        where T : Exception => IsCausedBy(typeof(T));

    /// <summary>Whether the failure is an exception of a type or of a type derived from it.</summary>
    /// <param name="targetBaseExceptionType">The type.</param>
    /// <returns><c>false</c> too when no loaded assembly has the type.</returns>
    /// <exception cref="ArgumentException">The type is not that of an exception.</exception>
    public bool IsCausedBy(Type targetBaseExceptionType)
    {
        ArgumentNullException.ThrowIfNull(targetBaseExceptionType);
        if (!typeof(Exception).IsAssignableFrom(targetBaseExceptionType))
            throw new ArgumentException($"{targetBaseExceptionType} is not an exception type.", nameof(targetBaseExceptionType));
        return !string.IsNullOrEmpty(ErrorType) && targetBaseExceptionType.IsAssignableFrom(FindErrorType(targetBaseExceptionType));
    }

    /// <summary>The details of an exception and of what caused it.</summary>
    /// <param name="exception">The exception.</param>
    /// <returns>The details.</returns>
    public static TaskFailureDetails FromException(Exception exception)
    {
        ArgumentNullException.ThrowIfNull(exception);
        var inner = exception switch
        {
            TaskFailedException failed => failed.FailureDetails,
            { InnerException: { } cause } => FromException(cause),
            _ => null,
        };
        return new(exception.GetType().ToString(), exception.Message, exception.StackTrace, inner, null);
    }

    /// <summary>The type of the error and its message.</summary>
    /// <returns>One line.</returns>
    public override string ToString() => $"{ErrorType}: {ErrorMessage}";

    private Type? FindErrorType(Type near) =>
        Type.GetType(ErrorType, throwOnError: false)
        ?? near.Assembly.GetType(ErrorType, throwOnError: false)
        ?? AppDomain.CurrentDomain.GetAssemblies()
            .Select(assembly => assembly.GetType(ErrorType, throwOnError: false))
            .FirstOrDefault(type => type is not null);
}
