namespace Microsoft.DurableTask.Worker;

/// <summary>Says what of an exception is kept in <see cref="TaskFailureDetails.Properties"/>. Registered as a service.</summary>
public interface IExceptionPropertiesProvider
{
    /// <summary>The facts to keep of an exception: numbers, text, truth values, times, lists and dictionaries of them.</summary>
    /// <param name="exception">The exception.</param>
    /// <returns>The facts by their names; <c>null</c> for none.</returns>
    IDictionary<string, object?>? GetExceptionProperties(Exception exception);
}
