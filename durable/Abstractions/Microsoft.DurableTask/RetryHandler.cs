namespace Microsoft.DurableTask;

/// <summary>Decides after a failed attempt whether there is another one, at once.</summary>
/// <param name="retryContext">What failed and how often.</param>
/// <returns><c>true</c> to try again.</returns>
public delegate bool RetryHandler(RetryContext retryContext);
