using Microsoft.DurableTask;

namespace Orchestrator.Durable.Engine.History;

/// <summary>Between failures as they are stored and as the app sees them.</summary>
internal static class FailureConversion
{
    extension(Failure failure)
    {
        /// <param name="exception">The exception.</param>
        /// <param name="properties">What to keep of it, and of what caused it, besides the rest.</param>
        public static Failure From(Exception exception, Func<Exception, IDictionary<string, object?>?>? properties = null) =>
            new(exception.GetType().ToString(), exception.Message)
            {
                StackTrace = exception.StackTrace,
                Inner = exception switch
                {
                    TaskFailedException failed => From(failed.FailureDetails),
                    { InnerException: { } cause } => From(cause, properties),
                    _ => null,
                },
                Properties = FailureProperties.Encode(properties?.Invoke(exception)),
            };

        public static Failure From(TaskFailureDetails details) => new(details.ErrorType, details.ErrorMessage)
        {
            StackTrace = details.StackTrace,
            Inner = details.InnerFailure is { } inner ? From(inner) : null,
            Properties = FailureProperties.Encode(details.Properties),
        };

        public TaskFailureDetails ToDetails() => new(
            failure.ErrorType,
            failure.Message,
            failure.StackTrace,
            failure.Inner?.ToDetails(),
            FailureProperties.Decode(failure.Properties));
    }
}
