namespace Microsoft.DurableTask;

/// <summary>Decides after a failed attempt whether there is another one; it may wait on durable timers of the context first.</summary>
/// <param name="retryContext">What failed and how often.</param>
/// <returns><c>true</c> to try again.</returns>
public delegate Task<bool> AsyncRetryHandler(RetryContext retryContext);
