namespace Microsoft.Azure.Functions.Worker;

/// <summary>What a trigger says of an invocation besides its input.</summary>
public abstract class BindingContext
{
    /// <summary>
    /// By name, without regard to case. Of an HTTP request: the values of its route and its query as texts, and <c>Headers</c> and <c>Query</c> as
    /// JSON objects of texts.
    /// </summary>
    public abstract IReadOnlyDictionary<string, object?> BindingData { get; }
}
